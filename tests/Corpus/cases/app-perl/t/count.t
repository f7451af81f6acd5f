use strict; use Counter;
my $n = Counter::count("x y x");
print $n->{x} == 2 ? "ok 1\n" : "not ok 1\n";
exit($n->{x} == 2 ? 0 : 1);
