main() { echo "$(word), ${1:-world}"; }
