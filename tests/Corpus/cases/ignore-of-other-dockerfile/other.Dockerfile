FROM corpus/base
COPY . /all
