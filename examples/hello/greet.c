#include <stdio.h>

int main(int argc, char **argv)
{
    if (argc > 2) {
        fprintf(stderr, "usage: greet [NAME]\n");
        return 2;
    }
    printf("hello, %s\n", argc == 2 ? argv[1] : "world");
    return 0;
}
