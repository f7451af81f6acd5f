import sys
from . import primes
print(primes.below(int(sys.argv[1])))
