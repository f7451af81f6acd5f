#include <iostream>
#include <string>
int sum(int a, int b);
int main(int, char **argv) { std::cout << sum(std::stoi(argv[1]), std::stoi(argv[2])) << "\n"; }
