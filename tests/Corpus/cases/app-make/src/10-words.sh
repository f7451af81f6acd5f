word() { echo hello; }
