module clients

go 1.26

require github.com/filecoin-project/lotus v1.36.2
