#pragma once
// Gives the tests of this folder a node on a chain of our own, made from the genesis template, whose winning proofs are
// stubs; and its API, called without HTTP.
#include <gtest/gtest.h>

#include <strata/actors/bundle.hpp>
#include <strata/actors/table.hpp>
#include <strata/api/json.hpp>
#include <strata/api/service.hpp>
#include <strata/api/test_params.hpp>
#include <strata/api/tokens.hpp>
#include <strata/chain/block_producer.hpp>
#include <strata/chain/genesis/test_template.hpp>
#include <strata/chain/local_beacon.hpp>
#include <strata/chain/local_chain.hpp>
#include <strata/chain/proof_verifier.hpp>
#include <strata/chain/test_nodes.hpp>
#include <strata/wallet/wallet.hpp>

namespace strata::api::testing {

class TestNode : public ::testing::Test {
  protected:
    void SetUp() override {
        network.genesis_timestamp = 1'700'000'000;
        network.stub_winning_post = true;
        network.beacon = beacon.chain(network.genesis_timestamp - 300, 4);
        crypto::SeededRandom random(as_bytes("lot"));
        const auto genesis = chain::make_genesis(blocks, chain::testing::test_template(), network,
                                                 actors::devnet_bundle(), *table, chain::draw_genesis_lot(random));
        ASSERT_TRUE(genesis) << genesis.error().message();
        ASSERT_TRUE(chain::ChainStore(blocks, records).start(genesis->header));
        auto opened = chain::LocalChain::open(blocks, records, network, proofs, nullptr, *table);
        ASSERT_TRUE(opened) << opened.error().message();
        node = std::move(*opened);
        for (const char* name : {"worker 0", "worker 1", "worker 2", "client"})
            ASSERT_TRUE(wallet.import_key(chain::testing::test_key(name)));
        crypto::SeededRandom secret(as_bytes("secret"));
        tokens = *Tokens::open(keys, secret);
        open();
    }
    /// Returns a token that allows everything.
    std::string admin() const { return tokens->issue({kPermissions.begin(), kPermissions.end()}); }
    void open(Options options = {}) {
        options.beacon = &beacon;
        options.tokens = &*tokens;
        options.wallet = &wallet;
        options.records = &keys;
        options.control = node.get();
        service.reset();
        service = std::make_unique<Service>(*node, options);
    }

    /// Mines a block of the first miner that wins, at `epoch` or the first one after it.
    void mine_at(ChainEpoch epoch) { mine(epoch, false); }
    /// The same, but leaves out miners whose slash filter refuses the block, since they have signed one of that epoch.
    void mine_second(ChainEpoch epoch) { mine(epoch, true); }
    void mine(ChainEpoch epoch, bool goes_on) {
        for (;; ++epoch) {
            for (ActorId miner = 1000; miner < 1003; ++miner) {
                chain::BlockProducer producer(*node, wallet, beacon, prover);
                const auto win = producer.check_win(Address::id(miner), node->head(), epoch);
                ASSERT_TRUE(win) << win.error().message();
                if (!*win) continue;
                const auto messages = producer.select(**win);
                ASSERT_TRUE(messages) << messages.error().message();
                const auto block = producer.make_block(**win, *messages);
                if (!block && goes_on) continue;
                ASSERT_TRUE(block) << block.error().message();
                const auto taken = node->submit_block(*block, block->header.timestamp);
                ASSERT_TRUE(taken) << taken.error().message();
                return;
            }
        }
    }
    ChainEpoch height() const { return node->head()->height(); }
    /// Mines until the head is at `epoch`, or above it if that is a null round.
    void mine_to(ChainEpoch epoch) {
        while (height() < epoch) mine_at(height() + 1);
    }

    /// Returns a request of a caller who may do everything.
    http::Request post(const Json& body, std::string path = "/rpc/v1") const {
        http::Request out{"POST", std::move(path), {}, {}, to_bytes(as_bytes(body.dump()))};
        out.headers.emplace("authorization", "Bearer " + admin());
        return out;
    }
    static Json call_of(const std::string& method, const Params& params) {
        return {{"jsonrpc", "2.0"},
                {"id", 1},
                {"method", method.find_first_of("_.") != std::string::npos ? method : "Filecoin." + method},
                {"params", params.list}};
    }
    static Json json_of(http::Response response) {
        return Json::parse(as_text(std::get<Bytes>(http::await_answer(std::move(response)).body)));
    }
    Json ask(const std::string& method, const Params& params = {}, const std::string& path = "/rpc/v1") {
        return json_of(service->handle(post(call_of(method, params), path)));
    }
    Json result(const std::string& method, const Params& params = {}, const std::string& path = "/rpc/v1") {
        const auto answer = ask(method, params, path);
        if (!answer.contains("result")) ADD_FAILURE() << method << " " << params.list << ": " << answer;
        return answer.value("result", Json());
    }
    /// Returns the code of a call's error; 0 if there was none.
    int code(const std::string& method, const Params& params = {}, const std::string& path = "/rpc/v1") {
        const auto answer = ask(method, params, path);
        return answer.contains("error") ? answer["error"]["code"].get<int>() : 0;
    }
    std::string message(const std::string& method, const Params& params = {}) {
        const auto answer = ask(method, params);
        return answer.contains("error") ? answer["error"]["message"].get<std::string>() : "no error: " + answer.dump();
    }

    static Address client() { return chain::testing::test_address("client"); }
    static Address client_two() { return chain::testing::test_address("worker 1"); }
    static std::string text(const Address& address) { return address.to_string('t'); }
    /// Returns a signed transfer of the client.
    SignedMessage transfer(Nonce nonce, const Address& to, const TokenAmount& value = fil(1)) {
        Message out;
        out.from = client();
        out.to = to;
        out.nonce = nonce;
        out.value = value;
        out.gas_limit = 10'000'000;
        out.gas_fee_cap = 1'000'000'000;
        out.gas_premium = 100'000;
        auto signature = wallet.sign(out.from, out.cid().bytes());
        EXPECT_TRUE(signature);
        return {out, *signature};
    }
    Json push(const SignedMessage& message) { return result("MpoolPush", {Printer('t')(message)}); }

    chain::testing::FaultyBlockstore blocks;  // unlike MemoryBlockstore, for several threads
    store::MemoryKeyValue records;
    chain::Network network = chain::devnet_2k();
    chain::LocalBeacon beacon{"seed"};
    chain::KeyedProofVerifier proofs{"no-keys"};
    std::unique_ptr<vm::ActorTable> table = actors::native_actors();
    store::MemoryKeyValue keys;
    wallet::Wallet wallet{keys};
    chain::StubWinningProver prover;
    std::unique_ptr<chain::LocalChain> node;
    std::optional<Tokens> tokens;
    std::unique_ptr<Service> service;
};

}  // namespace strata::api::testing
