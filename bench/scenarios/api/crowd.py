#!/usr/bin/python3
"""Clients that stay: attached, following logs, events and statistics of a container, all of which they read; until it is killed.

    crowd.py SOCKET CONTAINER COUNT
"""
import selectors
import socket
import sys

path, container, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
upgrade = "Connection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: 0\r\n"
requests = [
    f"POST /v1.41/containers/{container}/attach?stream=1&stdout=1&stderr=1 HTTP/1.1\r\nHost: engine\r\n{upgrade}\r\n",
    f"GET /v1.41/containers/{container}/logs?follow=1&stdout=1&stderr=1 HTTP/1.1\r\nHost: engine\r\n\r\n",
    "GET /v1.41/events HTTP/1.1\r\nHost: engine\r\n\r\n",
    f"GET /v1.41/containers/{container}/stats?stream=1 HTTP/1.1\r\nHost: engine\r\n\r\n",
]
waiting = selectors.DefaultSelector()
for number in range(count):
    client = socket.socket(socket.AF_UNIX)
    client.connect(path)
    client.sendall(requests[number % len(requests)].encode())
    waiting.register(client, selectors.EVENT_READ)
print("there", flush=True)
while waiting.get_map():
    for key, _ in waiting.select():
        if not key.fileobj.recv(1 << 16):
            waiting.unregister(key.fileobj)
            print("one was sent away", flush=True)
