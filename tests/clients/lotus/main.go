// Lotus' own Go client (api/client, go-jsonrpc) against a running node: chain, notifications, wallet, a message that the
// node signs and one that is pushed signed, miner, state, the Ethereum names, and version 2 of the API.
//
//	lotus WS-URL TOKEN SENDER MINER
//
// WS-URL is that of the node without a path, such as ws://127.0.0.1:1234; SENDER an address of the node's wallet.
package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/filecoin-project/go-address"
	"github.com/filecoin-project/go-state-types/big"

	"github.com/filecoin-project/lotus/api"
	"github.com/filecoin-project/lotus/api/client"
	"github.com/filecoin-project/lotus/api/v2api"
	"github.com/filecoin-project/lotus/chain/types"
	"github.com/filecoin-project/lotus/chain/types/ethtypes"
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

func version1(ctx context.Context, node api.FullNode, sender, miner address.Address) {
	version := must(node.Version(ctx))
	check("the node tells its version and that of the API", version.Version != "" && version.APIVersion == api.FullAPIVersion1)
	head := must(node.ChainHead(ctx))
	check("the head is a tipset", head.Height() > 0 && len(head.Blocks()) == len(head.Cids()))
	changes := must(node.ChainNotify(ctx))
	current := <-changes
	check("ChainNotify begins with the current head", len(current) == 1 && current[0].Type == "current")
	next := <-changes
	check("ChainNotify tells the next head", len(next) > 0 && (next[0].Type == "apply" || next[0].Type == "revert"))

	check("WalletBalance", must(node.WalletBalance(ctx, sender)).GreaterThan(big.Zero()))
	receiver := must(node.WalletNew(ctx, types.KTSecp256k1))
	amount := big.Int(types.FromFil(2))
	sent := must(node.MpoolPushMessage(ctx, &types.Message{From: sender, To: receiver, Value: amount},
		&api.MessageSendSpec{MaxFee: types.FromFil(1)}))
	place := must(node.StateWaitMsg(ctx, sent.Cid(), 1, api.LookbackNoLimit, true))
	check("a message that the node signs lands", place.Receipt.ExitCode.IsSuccess())
	check("its receiver has the money", must(node.WalletBalance(ctx, receiver)).Equals(amount))

	draft := &types.Message{From: receiver, To: sender, Value: types.FromFil(1), Nonce: must(node.MpoolGetNonce(ctx, receiver))}
	priced := must(node.GasEstimateMessageGas(ctx, draft, nil, types.EmptyTSK))
	signed := must(node.WalletSignMessage(ctx, receiver, priced))
	check("a pushed message has the CID that Lotus computes", must(node.MpoolPush(ctx, signed)) == signed.Cid())
	check("it lands", must(node.StateWaitMsg(ctx, signed.Cid(), 1, api.LookbackNoLimit, true)).Receipt.ExitCode.IsSuccess())
	again := must(node.StateSearchMsg(ctx, types.EmptyTSK, sent.Cid(), api.LookbackNoLimit, true))
	check("StateSearchMsg finds the first one", again != nil && again.Receipt.ExitCode.IsSuccess())

	above := must(node.ChainGetTipSet(ctx, place.TipSet))
	messages := must(node.ChainGetParentMessages(ctx, above.Cids()[0]))
	receipts := must(node.ChainGetParentReceipts(ctx, above.Cids()[0]))
	found := false
	for i := range messages {
		found = found || (messages[i].Cid == place.Message && receipts[i].GasUsed == place.Receipt.GasUsed)
	}
	check("its receipt is among those of the parent", found && len(messages) == len(receipts))

	info := must(node.StateMinerInfo(ctx, miner, types.EmptyTSK))
	check("StateMinerInfo", info.SectorSize == 2048 && info.Owner.Protocol() == address.ID)
	sectors := must(node.StateMinerSectors(ctx, miner, nil, types.EmptyTSK))
	check("StateMinerSectors", len(sectors) > 0 && sectors[0].SealedCID.Defined())
	state := must(node.StateReadState(ctx, miner, types.EmptyTSK))
	check("StateReadState", state.Code.Defined() && state.State.(map[string]interface{})["Info"] != nil)
	power := must(node.StateMinerPower(ctx, miner, types.EmptyTSK))
	check("StateMinerPower", power.MinerPower.QualityAdjPower.GreaterThan(big.Zero()))
	check("StateGetActor", must(node.StateGetActor(ctx, sender, types.EmptyTSK)).Nonce > 0)
	nobody := must(address.NewSecp256k1Address([]byte("nobody")))
	_, err := node.StateLookupID(ctx, nobody, types.EmptyTSK)
	var missing *api.ErrActorNotFound
	check("an actor that is not there is Lotus' own error", errors.As(err, &missing))

	block := must(node.EthGetBlockByNumber(ctx, "latest", true))
	check("EthGetBlockByNumber", block.Number > 0 && block.Hash != ethtypes.EmptyEthHash)
	check("EthChainId", must(node.EthChainId(ctx)) == 31415926)
}

func version2(ctx context.Context, node v2api.FullNode, sender address.Address) {
	latest := must(node.ChainGetTipSet(ctx, types.TipSetSelectors.Latest))
	check("version 2 has the latest tipset", latest.Height() > 0)
	final := must(node.ChainGetTipSet(ctx, types.TipSetSelectors.Finalized))
	check("version 2 has a final tipset", final.Height() <= latest.Height())
	lower := types.TipSetSelectors.Height(latest.Height()-1, true, types.TipSetAnchors.Latest)
	check("version 2 finds a tipset by its height", must(node.ChainGetTipSet(ctx, lower)).Height() < latest.Height())
	check("version 2 has an actor", must(node.StateGetActor(ctx, sender, types.TipSetSelectors.Latest)).Balance.GreaterThan(big.Zero()))
	check("version 2 has its ID", must(node.StateGetID(ctx, sender, types.TipSetSelectors.Latest)).Protocol() == address.ID)
}

func main() {
	ctx, stop := context.WithTimeout(context.Background(), 10*time.Minute)
	defer stop()
	url, token := os.Args[1], http.Header{"Authorization": []string{"Bearer " + os.Args[2]}}
	sender, miner := must(address.NewFromString(os.Args[3])), must(address.NewFromString(os.Args[4]))

	node, done, err := client.NewFullNodeRPCV1(ctx, url+"/rpc/v1", token)
	version1(ctx, must(node, err), sender, miner)
	done()
	newer, done, err := client.NewFullNodeRPCV2(ctx, url+"/rpc/v2", token)
	version2(ctx, must(newer, err), sender)
	done()
	reader, done, err := client.NewFullNodeRPCV1(ctx, url+"/rpc/v1", nil)
	_, err = must(reader, err).WalletNew(ctx, types.KTBLS)
	check("a caller without a token may not change anything", err != nil)
	done()

	if failed != 0 {
		fmt.Printf("%d checks failed\n", failed)
		os.Exit(1)
	}
	fmt.Println("all right")
}
