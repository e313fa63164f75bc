// Protects the verbs that ask a running node: which of Lotus' methods they call with which parameters, what they print,
// and how they find the node. The node is a scripted server. Method names and shapes: docs/protocol/node.md §28; the
// codes of errors: §28.3.
#include <cstdlib>
#include <thread>

#include <nlohmann/json.hpp>

#include <strata/base/child_process.hpp>
#include <strata/base/hex.hpp>
#include <strata/cli/node_verb.hpp>
#include <strata/cli/test_scripted_node.hpp>

namespace strata::cli {
namespace {

using api::Json;
using ::testing::HasSubstr;
using testing::kAddress;
using testing::kCid;
using testing::kSaysDone;
using testing::kSaysNo;
using testing::kSaysUsage;
using testing::Ran;

class NodeVerb : public testing::ScriptedNode {
  protected:
    /// Starts a process that holds the lock of a folder: a shell takes it by flock(1) and becomes sleep(1).
    ChildProcess holder_of(const std::string& folder) const {
        const auto lock = path(folder + "/in_use.lock");
        auto held = ChildProcess::start(
            "/bin/sh", {"-c", "exec 9>>" + lock + "; flock 9; echo $$ >" + lock + "; exec sleep 60"}, path("output"));
        EXPECT_TRUE(held) << held.error().message();
        while (!std::ifstream(lock) || std::filesystem::file_size(lock) == 0)
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        return std::move(*held);
    }
};

TEST_F(NodeVerb, wallet_verbs_call_the_wallet_methods) {
    results_["WalletNew"] = kAddress;
    auto ran = ask({"wallet", "new", "bls"});
    EXPECT_EQ(ran.code, kSaysDone) << ran.all();
    EXPECT_EQ(ran.out, std::string(kAddress) + "\n");
    EXPECT_EQ(called("WalletNew"), Json::array({"bls"}));
    EXPECT_EQ(authorization_, "Bearer a.b.c");

    results_["WalletList"] = Json::array({kAddress});
    results_["WalletDefaultAddress"] = kAddress;
    results_["WalletBalance"] = "1500000000000000000";
    EXPECT_EQ(ask({"wallet", "list"}).out, std::string(kAddress) + "  1.5 FIL  default\n");
    const auto json = Json::parse(ask({"wallet", "list", "--json"}).out);
    EXPECT_EQ(json, Json::array({{{"Address", kAddress}, {"Balance", "1500000000000000000"}, {"Default", true}}}));
    results_["WalletList"] = Json::array({"t01000", kAddress});
    EXPECT_EQ(ask({"wallet", "list"}).out, std::string(kAddress) + "  1.5 FIL  default\nt01000  1.5 FIL\n");
    EXPECT_EQ(ask({"wallet", "balance"}).out, "1.5 FIL\n");
    EXPECT_EQ(called("WalletBalance"), Json::array({kAddress}));
    // The network's letter replaces the one that the person wrote.
    EXPECT_EQ(ask({"wallet", "balance", "f01000"}).code, kSaysDone);
    EXPECT_EQ(called("WalletBalance"), Json::array({"t01000"}));

    results_["WalletSetDefault"] = nullptr;
    EXPECT_EQ(ask({"wallet", "default", kAddress}).code, kSaysDone);
    EXPECT_EQ(called("WalletSetDefault"), Json::array({kAddress}));
}

TEST_F(NodeVerb, a_key_goes_out_and_in_again) {
    const Json record{{"Type", "secp256k1"}, {"PrivateKey", to_base64(Bytes(32, 0x11))}};
    results_["WalletExport"] = record;
    results_["WalletImport"] = kAddress;
    const auto exported = ask({"wallet", "export", kAddress});
    ASSERT_EQ(exported.code, kSaysDone) << exported.all();
    const auto imported = ask({"wallet", "import", write("key", exported.out)});
    EXPECT_EQ(imported.code, kSaysDone) << imported.all();
    EXPECT_EQ(called("WalletImport"), Json::array({record}));
    EXPECT_EQ(ask({"wallet", "import", write("not", "hello")}).code, kSaysUsage);
}

TEST_F(NodeVerb, send_pushes_a_message_and_waits) {
    results_["WalletDefaultAddress"] = kAddress;
    results_["MpoolPushMessage"] = {{"CID", {{"/", kCid}}}};
    results_["ChainHead"] = {{"Height", 8}, {"Cids", Json::array({{{"/", kCid}}})}};
    results_["StateSearchMsg"] = {{"Height", 7}, {"Receipt", {{"ExitCode", 0}, {"GasUsed", 99}, {"Return", nullptr}}}};
    auto ran = ask({"send", "t01000", "0.25", "--wait"});
    EXPECT_EQ(ran.code, kSaysDone) << ran.all();
    EXPECT_THAT(ran.out, HasSubstr(kCid));
    const auto pushed = called("MpoolPushMessage");
    EXPECT_EQ(pushed[0]["To"], "t01000");
    EXPECT_EQ(pushed[0]["From"], kAddress);
    EXPECT_EQ(pushed[0]["Value"], "250000000000000000");
    EXPECT_EQ(pushed[0]["GasLimit"], 0);
    EXPECT_EQ(called("StateSearchMsg"), Json::array({Json(), Json{{"/", kCid}}, -1, true}));

    results_["StateSearchMsg"]["Receipt"]["ExitCode"] = 6;
    ran = ask({"send", "t01000", "0.25", "--wait"});
    EXPECT_EQ(ran.code, kSaysNo);
    EXPECT_THAT(ran.err, HasSubstr("failed with exit code 6"));
    EXPECT_EQ(ran.out, "");
    results_["WalletBalance"] = "249999999999999999";
    ran = ask({"send", "t01000", "0.25"});
    EXPECT_EQ(ran.code, kSaysNo);
    EXPECT_THAT(ran.err, HasSubstr("has 0.249999999999999999 FIL, which is less than the 0.25 FIL to send"));
    results_["WalletBalance"] = "250000000000000000";
    ran = ask({"wallet", "send", "t01000", "0.25"});
    EXPECT_EQ(ran.code, kSaysDone) << ran.all();
    EXPECT_THAT(ran.out, HasSubstr(std::string("strata msg wait ") + kCid));
    // EIP-55's first example; its f410 address has these 20 bytes (docs/protocol/fvm.md §1.2).
    EXPECT_EQ(ask({"send", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0.25"}).code, kSaysDone);
    EXPECT_EQ(Address::parse(called("MpoolPushMessage")[0]["To"].get<std::string>()).value().payload().back(), 0xed);
    EXPECT_EQ(ask({"send", "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD", "0.25"}).code, kSaysUsage) << "the checksum";
    EXPECT_EQ(ask({"send", "t01000", "much"}).code, kSaysUsage);
    EXPECT_EQ(ask({"send", "nobody", "1"}).code, kSaysUsage);
}

TEST_F(NodeVerb, net_sync_and_auth_verbs_call_their_methods) {
    results_["NetPeers"] = Json::array({{{"ID", "12D3KooA"}, {"Addrs", Json::array({"/ip4/127.0.0.1/tcp/1"})}}});
    EXPECT_EQ(ask({"net", "peers"}).out, "12D3KooA  /ip4/127.0.0.1/tcp/1\n");
    results_["NetAddrsListen"] = results_["NetPeers"][0];
    EXPECT_THAT(ask({"net", "id"}).out, HasSubstr("/ip4/127.0.0.1/tcp/1/p2p/12D3KooA"));
    results_["NetConnect"] = nullptr;
    EXPECT_EQ(ask({"net", "connect", "/ip4/127.0.0.1/tcp/1/p2p/12D3KooA"}).code, kSaysDone);
    EXPECT_EQ(called("NetConnect"), results_["NetPeers"]);
    EXPECT_EQ(ask({"net", "connect", "12D3KooA"}).code, kSaysUsage);
    results_["NetDisconnect"] = nullptr;
    EXPECT_EQ(ask({"net", "disconnect", "12D3KooA"}).code, kSaysDone);
    EXPECT_EQ(called("NetDisconnect"), Json::array({"12D3KooA"}));

    results_["ChainHead"] = {{"Height", 5}};
    results_["SyncState"] = {
        {"ActiveSyncs", Json::array({{{"Stage", 1}, {"Height", 3}, {"Target", {{"Height", 9}}}}})}};
    EXPECT_THAT(ask({"sync", "status"}).out, HasSubstr("headers at epoch 3, towards epoch 9"));

    const std::string token = "x.y.z";
    results_["AuthNew"] = to_base64(as_bytes(token));
    EXPECT_EQ(ask({"auth", "token", "--perm", "sign"}).out, token + "\n");
    EXPECT_EQ(called("AuthNew"), Json::parse(R"([["read","write","sign"]])"));
    EXPECT_EQ(ask({"auth", "token", "--perm", "all"}).code, kSaysUsage);
}

TEST_F(NodeVerb, chain_and_state_verbs_call_their_methods) {
    const Json cid{{"/", kCid}};
    results_["ChainHead"] = {
        {"Height", 0}, {"Cids", Json::array({cid})}, {"Blocks", Json::array({{{"Parents", nullptr}}})}};
    EXPECT_THAT(ask({"chain", "list"}).out, HasSubstr(std::string("0  ") + kCid));
    results_["ChainGetMessage"] = {{"From", kAddress}, {"To", "t01000"}, {"Value", "1"}, {"Nonce", 2}, {"Method", 0}};
    results_["StateSearchMsg"] = nullptr;
    EXPECT_THAT(ask({"chain", "msg", kCid}).out, HasSubstr("not executed yet"));
    EXPECT_EQ(called("ChainGetMessage"), Json::array({cid}));
    EXPECT_EQ(ask({"chain", "msg", "hello"}).code, kSaysUsage);
    results_["ChainGetBlock"] = {{"Height", 3}, {"Miner", "t01000"}};
    results_["ChainGetBlockMessages"] = {{"Cids", Json::array({cid})}};
    EXPECT_THAT(ask({"chain", "block", kCid}).out, HasSubstr("t01000"));

    results_["StateMinerSectors"] = Json::array({{{"SectorNumber", 4}, {"InitialPledge", "0"}}});
    // Sets of sectors are run lengths, the first one of zeros (go-bitfield, MarshalJSON).
    const Json none = {0}, the_fifth = {4, 1};
    results_["StateMinerPartitions"] = Json::array({{{"LiveSectors", the_fifth},
                                                     {"ActiveSectors", none},
                                                     {"FaultySectors", the_fifth},
                                                     {"RecoveringSectors", none}}});
    EXPECT_THAT(ask({"sp", "sectors", "--miner", "f01001"}).out, HasSubstr("faulty"));
    EXPECT_EQ(called("StateMinerSectors"), Json::array({"t01001", Json(), Json()}));
    EXPECT_EQ(ask({"sp", "sectors"}).code, kSaysUsage);

    results_["ChainGetGenesis"] = {{"Cids", {{{"/", kCid}}}}};
    results_["StateMarketDeals"] = {{"7", {{"Proposal", {{"Client", "t01004"}}}}}};
    EXPECT_THAT(ask({"deals", "list"}).out, HasSubstr("client t01004"));
    results_["StateMarketStorageDeal"] = {{"Proposal", {{"StoragePricePerEpoch", "0"}}}};
    EXPECT_EQ(ask({"deals", "show", "7"}).code, kSaysDone);
    EXPECT_EQ(called("StateMarketStorageDeal"), Json::array({7, Json()}));
}

TEST_F(NodeVerb, node_verbs_tell_the_state_and_stop) {
    status_ = R"({"Network":"n","Head":4,"Epoch":9,"Behind":5,"WaitsFor":"the node has no peers","Peers":0,
                  "Failures":[{"Part":"market","Since":3,"Times":2}]})";
    const auto ran = ask({"node", "status"});
    EXPECT_EQ(ran.code, kSaysDone) << ran.all();
    EXPECT_THAT(ran.out, HasSubstr("the node has no peers"));
    EXPECT_THAT(ran.out, HasSubstr("market, since epoch 3, 2 times"));
    EXPECT_THAT(ran.out, HasSubstr(url() + "/explorer/"));
    auto expected = Json::parse(status_);
    expected["Explorer"] = url() + "/explorer/";
    EXPECT_EQ(Json::parse(ask({"node", "status", "--json"}).out), expected);
    results_["Shutdown"] = nullptr;
    EXPECT_EQ(ask({"node", "stop"}).code, kSaysDone);
    EXPECT_EQ(called("Shutdown"), Json::array());
}

TEST_F(NodeVerb, a_node_is_stopped_by_the_lock_of_its_folder_when_its_api_does_not_answer) {
    write("net/joined/api", "http://127.0.0.1:1\n");
    const auto stop = [&](std::vector<std::string> more = {}) {
        std::vector<std::string> words{"node", "stop", "--network", path("net"), "--node", "joined"};
        words.insert(words.end(), more.begin(), more.end());
        return testing::strata_says(words);
    };
    const auto nobody = stop();
    EXPECT_EQ(nobody.code, kSaysNo) << nobody.all();
    EXPECT_THAT(nobody.err, HasSubstr("nobody holds its lock"));
    const auto held = holder_of("net/joined");
    const auto stopped = stop({"--json"});
    EXPECT_EQ(stopped.code, kSaysDone) << stopped.all();
    EXPECT_EQ(Json::parse(stopped.out),
              (Json{{"Stopped", true}, {"By", "signal"}, {"Process", held.id()}, {"Ended", true}}));
}

TEST_F(NodeVerb, a_node_that_refuses_to_stop_is_not_ended_by_its_process) {
    write("net/joined/api", url() + "\n");
    auto held = holder_of("net/joined");
    refusals_["Shutdown"] = {{"code", 1}, {"message", "missing permission to invoke 'Shutdown' (need 'admin')"}};
    const auto refused = testing::strata_says({"node", "stop", "--network", path("net"), "--node", "joined"});
    EXPECT_EQ(refused.code, kSaysNo) << refused.all();
    EXPECT_THAT(refused.err, HasSubstr("missing permission to invoke 'Shutdown'"));
    EXPECT_THAT(refused.err, HasSubstr("kill " + std::to_string(held.id())));
    EXPECT_FALSE(held.ended()) << "it got no signal";
}

TEST_F(NodeVerb, a_name_that_the_network_does_not_have_is_refused) {
    results_["ChainHead"] = {{"Height", 5}, {"Cids", Json::array()}};
    const auto ask = [&](std::vector<std::string> words) {
        words.insert(words.end(), {"--network", path("net")});
        return testing::strata_says(std::move(words));
    };
    // The network's own address, as a network writes it: that of its first provider, with its token.
    write("net/network.json", "{}");
    write("net/api", url() + "\n");
    write("net/token", "d.e.f");
    write("net/joined/token", "d.e.f");
    for (const auto& verb : std::vector<std::vector<std::string>>{
             {"wallet", "list"}, {"node", "stop"}, {"deals", "list"}, {"sp", "info"}, {"put", write("file", "x")}}) {
        auto words = verb;
        words.insert(words.end(), {"--node", "jioned"});
        const auto ran = ask(words);
        EXPECT_EQ(ran.code, kSaysNo) << verb.front() << ran.all();
        EXPECT_THAT(ran.err, HasSubstr("has no such node; its nodes are joined"));
    }
    EXPECT_EQ(authorization_, "") << "nobody was asked";
    // Who names no node gets the network's own, and so does who names a node's own folder.
    EXPECT_EQ(ask({"chain", "head"}).code, kSaysDone);
    EXPECT_EQ(ask({"chain", "head", "--node", "client"}).code, kSaysDone);
    std::filesystem::remove(path("net/network.json"));
    EXPECT_EQ(ask({"chain", "head", "--node", "jioned"}).code, kSaysDone);
}

TEST_F(NodeVerb, a_refusal_keeps_the_sentence_of_the_node) {
    refusals_["WalletNew"] = {{"code", 1}, {"message", "missing permission to invoke 'WalletNew' (need 'write')"}};
    const auto ran = ask({"wallet", "new"});
    EXPECT_EQ(ran.code, kSaysNo);
    EXPECT_EQ(ran.out, "");
    EXPECT_THAT(ran.err, HasSubstr("missing permission to invoke 'WalletNew'"));
    EXPECT_THAT(ran.err, HasSubstr("--token"));
    EXPECT_THAT(ask({"wallet", "list"}).err, HasSubstr("does not have the method"));
}

TEST_F(NodeVerb, finds_its_node) {
    results_["ChainHead"] = {{"Height", 5}, {"Cids", Json::array()}};
    const auto here = folder_.path() / "net";
    const auto in = [&](const std::string& network) {
        return testing::strata_says({"chain", "head", "--network", network});
    };
    const auto none = in(here.string());
    EXPECT_EQ(none.code, kSaysNo);
    EXPECT_THAT(none.err, HasSubstr("no network runs here"));
    EXPECT_THAT(none.err, HasSubstr("strata devnet up --folder " + here.string()));
    write("net/client/api", url() + "\n");
    write("net/client/token", "d.e.f");
    EXPECT_EQ(in(here.string()).code, kSaysDone);
    EXPECT_EQ(authorization_, "Bearer d.e.f");
    // A node's own folder, with the multiaddr that Lotus writes.
    const auto port = url().substr(url().rfind(':') + 1);
    write("own/api", "/ip4/127.0.0.1/tcp/" + port + "/http");
    EXPECT_EQ(in((folder_.path() / "own").string()).code, kSaysDone);
    // A node that does not run is not mistaken for a different one.
    write("net/api", url() + "\n");
    write("net/joined/token", "d.e.f");
    const auto away = testing::strata_says({"chain", "head", "--network", here.string(), "--node", "joined"});
    EXPECT_EQ(away.code, kSaysNo);
    EXPECT_THAT(away.err, HasSubstr("the node joined does not run"));
    write("net/network.json", "{}");
    const auto joined = testing::strata_says({"chain", "head", "--network", here.string(), "--node", "joined"});
    EXPECT_THAT(joined.err, HasSubstr("strata devnet join --name joined --folder " + here.string()));
    std::filesystem::remove(here / "network.json");
    // The environment comes before the folder.
    setenv("FULLNODE_API_INFO", ("g.h.i:/ip4/127.0.0.1/tcp/" + port + "/http").c_str(), 1);
    EXPECT_EQ(in(here.string()).code, kSaysDone);
    EXPECT_EQ(authorization_, "Bearer g.h.i");
    unsetenv("FULLNODE_API_INFO");
    write("net/client/api", "http://127.0.0.1:1");
    const auto silent = in(here.string());
    EXPECT_EQ(silent.code, kSaysNo);
    EXPECT_THAT(silent.err, HasSubstr("no node answers at http://127.0.0.1:1"));
}

TEST_F(NodeVerb, every_verb_has_an_example) {
    for (const auto& words : std::vector<std::vector<std::string>>{{"wallet", "new"},
                                                                   {"send"},
                                                                   {"chain", "msg"},
                                                                   {"net", "peers"},
                                                                   {"sync", "status"},
                                                                   {"sp", "info"},
                                                                   {"deals", "show"},
                                                                   {"node", "status"},
                                                                   {"auth", "token"}}) {
        auto all = words;
        all.emplace_back("--help");
        EXPECT_THAT(testing::strata_says(all).out, HasSubstr("Example: strata " + words.front()));
    }
}

}  // namespace
}  // namespace strata::cli
