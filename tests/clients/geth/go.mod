module clients

go 1.26

require github.com/ethereum/go-ethereum v1.17.10
