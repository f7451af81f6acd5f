package Counter;
use strict;
sub count { my %n; $n{$_}++ for split ' ', shift; return \%n }
1;
