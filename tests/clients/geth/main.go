// go-ethereum's client (ethclient, bind) against a running node: chain, fees, transactions of both kinds, a contract, logs,
// a failure, subscriptions, a batch.
//
//	geth WS-URL KEY CONTRACTS
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/accounts/abi/bind"
	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/ethclient"
	"github.com/ethereum/go-ethereum/rpc"
)

var failed int

func check(what string, holds bool) {
	word := "ok"
	if !holds {
		word, failed = "NOT SO", failed+1
	}
	fmt.Printf("%s: %s\n", word, what)
}

// must returns the value, or ends the program with the error.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func artifact(folder, name string) (abi.ABI, []byte) {
	var read struct {
		ABI      json.RawMessage `json:"abi"`
		Bytecode string          `json:"bytecode"`
	}
	if err := json.Unmarshal(must(os.ReadFile(folder+"/"+name+".json")), &read); err != nil {
		panic(err)
	}
	return must(abi.JSON(strings.NewReader(string(read.ABI)))), hexutil.MustDecode(read.Bytecode)
}

func main() {
	ctx, stop := context.WithTimeout(context.Background(), 10*time.Minute)
	defer stop()
	raw := must(rpc.DialContext(ctx, os.Args[1]))
	client := ethclient.NewClient(raw)
	key := must(crypto.HexToECDSA(strings.TrimPrefix(os.Args[2], "0x")))
	from := crypto.PubkeyToAddress(key.PublicKey)
	receiver := crypto.PubkeyToAddress(must(crypto.GenerateKey()).PublicKey)

	chain := must(client.ChainID(ctx))
	check("chain and network have one number", must(client.NetworkID(ctx)).Cmp(chain) == 0)
	head := must(client.HeaderByNumber(ctx, nil))
	check("a header has a number", head.Number.Sign() > 0)
	check("there is no progress of a sync", must(client.SyncProgress(ctx)) == nil)
	check("the account has a balance", must(client.BalanceAt(ctx, from, nil)).Sign() > 0)
	check("there are fees", must(client.SuggestGasPrice(ctx)).Sign() > 0 && must(client.SuggestGasTipCap(ctx)).Sign() > 0)
	history := must(client.FeeHistory(ctx, 4, nil, []float64{10, 90}))
	check("there is a history of fees", len(history.BaseFee) == len(history.GasUsedRatio)+1)

	code, bytecode := artifact(os.Args[3], "Token")
	heads, logs := make(chan *types.Header, 64), make(chan types.Log, 64)
	first := must(client.SubscribeNewHead(ctx, heads))
	signer := must(bind.NewKeyedTransactorWithChainID(key, chain))
	address, deployed, contract, err := bind.DeployContract(signer, code, bytecode, client, "My token", "MTK", big.NewInt(1000))
	must(deployed, err)
	check("a contract is deployed where go-ethereum expects it", must(bind.WaitDeployed(ctx, client, deployed)) == address)
	second := must(client.SubscribeFilterLogs(ctx, ethereum.FilterQuery{Addresses: []common.Address{address}}, logs))
	sent := must(contract.Transact(signer, "transfer", receiver, big.NewInt(7)))
	receipt := must(bind.WaitMined(ctx, client, sent))
	check("a call is sent", receipt.Status == types.ReceiptStatusSuccessful && receipt.TxHash == sent.Hash() && len(receipt.Logs) == 1)
	var balance []interface{}
	err = contract.Call(nil, &balance, "balanceOf", receiver)
	check("a contract is called", err == nil && balance[0].(*big.Int).Int64() == 7)
	found := must(client.FilterLogs(ctx, ethereum.FilterQuery{Addresses: []common.Address{address}, FromBlock: receipt.BlockNumber,
		ToBlock: receipt.BlockNumber, Topics: [][]common.Hash{{code.Events["Transfer"].ID}}}))
	check("its log is found", len(found) == 1 && found[0].TxHash == sent.Hash())
	check("the log of the receipt is in its bloom filter", types.BloomLookup(receipt.Bloom, address))

	call := ethereum.CallMsg{From: from, To: &receiver, Value: big.NewInt(5)}
	legacy := must(types.SignNewTx(key, types.NewEIP155Signer(chain), &types.LegacyTx{Nonce: must(client.PendingNonceAt(ctx, from)),
		To: &receiver, Value: call.Value, Gas: must(client.EstimateGas(ctx, call)), GasPrice: must(client.SuggestGasPrice(ctx))}))
	if err := client.SendTransaction(ctx, legacy); err != nil {
		panic(err)
	}
	mined := must(bind.WaitMined(ctx, client, legacy))
	check("a legacy transaction", mined.Status == types.ReceiptStatusSuccessful && mined.Type == types.LegacyTxType)
	back, pending, err := client.TransactionByHash(ctx, legacy.Hash())
	check("it comes back with the signature that was sent", err == nil && !pending && must(types.Sender(types.NewEIP155Signer(chain), back)) == from)
	_, _, err = client.TransactionByHash(ctx, common.HexToHash("0x12"))
	check("nobody knows a made-up transaction", err == ethereum.NotFound)
	_, err = client.CallContract(ctx, ethereum.CallMsg{From: from, To: &address, Data: must(code.Pack("transfer", receiver, big.NewInt(5000)))}, nil)
	data, isData := err.(rpc.DataError)
	check("a failure has its data", isData && strings.HasPrefix(data.ErrorData().(string), "0xe4889ffe"))

	var numbers [2]hexutil.Uint64
	batch := []rpc.BatchElem{{Method: "eth_blockNumber", Result: &numbers[0]}, {Method: "eth_chainId", Result: &numbers[1]}}
	check("a batch is answered", raw.BatchCallContext(ctx, batch) == nil && uint64(numbers[1]) == chain.Uint64())
	// The deployment's log comes too if the head is replaced by one with more blocks: first as removed, then again.
	log := <-logs
	for log.TxHash != sent.Hash() || log.Removed {
		check("a log that was not waited for is the deployment's", log.TxHash == deployed.Hash() || log.Removed)
		log = <-logs
	}
	check("a subscription gives logs", log.TxHash == sent.Hash())
	check("a subscription gives heads", (<-heads).Number.Sign() > 0)
	first.Unsubscribe()
	second.Unsubscribe()

	if failed != 0 {
		fmt.Printf("%d checks failed\n", failed)
		os.Exit(1)
	}
	fmt.Println("all right")
}
