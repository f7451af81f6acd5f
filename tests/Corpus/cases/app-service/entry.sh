#!/bin/sh
exec cat /etc/svc/svc.conf /etc/svc/conf.d/*.conf
