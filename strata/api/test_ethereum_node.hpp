#pragma once
// A TestNode with a contract that emits one log whenever it is called, and with an Ethereum account that has money.
#include <strata/api/test_node.hpp>
#include <strata/base/hex.hpp>
#include <strata/chain/ethereum_transaction.hpp>
#include <strata/index/follower.hpp>
#include <strata/testing/temp_folder.hpp>

namespace strata::api::testing {

class EthereumNode : public TestNode {
  protected:
    static constexpr std::string_view kTopic = "5555555555555555555555555555555555555555555555555555555555555555";

    void SetUp() override {
        TestNode::SetUp();
        index = *index::ChainIndex::open(folder / "index", node->genesis()->cids()[0], network.chain_id);
        serve();
        ASSERT_TRUE(wallet.import_key(key()));
        mine_at(1);
        push(transfer(0, account(), fil(100)));
        push(call(1, Address::id(kEamId), 4, creation()));
        mine();
        mine();
        const auto created = result("eth_getBlockReceipts", {"latest"})[1];
        ASSERT_EQ(created["status"], "0x1") << created;
        contract = created["contractAddress"].get<std::string>();
        const auto bytes = from_hex(contract.substr(2)).value();
        contract_address = Address::delegated(kEamId, bytes);
    }
    void serve(Options options = {}) {
        options.index = index.get();
        open(std::move(options));
    }
    void mine() { mine_at(height() + 1); }
    /// The key of Lotus' TestEthAccount would do; any secret does.
    static wallet::PrivateKey key() { return {wallet::KeyType::delegated, Bytes(32, 7)}; }
    static Address account() { return wallet::address_of(key()).value(); }
    static std::string account_text() { return "0x" + to_hex(account().subaddress()); }

    static Bytes as_params(BytesView bytes) {
        CborWriter out;
        out.bytes(bytes);
        return out.take();
    }
    /// Returns the parameters that create the contract: PUSH32 topic, PUSH0, PUSH0, LOG1, STOP behind its constructor.
    static Bytes creation() { return as_params(*from_hex("60258060095f395ff37f" + std::string(kTopic) + "5f5fa100")); }
    /// Returns a signed message of the client.
    SignedMessage call(Nonce nonce, const Address& to, MethodNumber method, Bytes params = {}) {
        Message out;
        out.from = client();
        out.to = to;
        out.nonce = nonce;
        out.gas_limit = 200'000'000;
        out.gas_fee_cap = 1'000'000'000;
        out.gas_premium = 100'000;
        out.method = method;
        out.params = std::move(params);
        auto signature = wallet.sign(out.from, out.cid().bytes());
        EXPECT_TRUE(signature);
        return {out, *signature};
    }
    /// Returns an Ethereum transaction of the account, of type 2, as a message.
    SignedMessage transaction(Nonce nonce, const Address& to) {
        Message out;
        out.from = account();
        out.to = to;
        out.nonce = nonce;
        out.gas_limit = 200'000'000;
        out.gas_fee_cap = 1'000'000'000;
        out.gas_premium = 100'000;
        out.method = kMethodInvokeEvm;
        SignedMessage signed_message{out, {Signature::Type::delegated, Bytes(65)}};
        const auto signing = chain::ethereum_signing(signed_message, network.chain_id).value();
        signed_message.signature = wallet.sign(out.from, signing.preimage).value();
        return signed_message;
    }
    std::string hash_of(const SignedMessage& message) const {
        return "0x" + to_hex(chain::ethereum_hash(message, network.chain_id).value());
    }

    strata::testing::TempFolder folder;
    std::unique_ptr<index::ChainIndex> index;
    std::string contract;
    Address contract_address;
};

}  // namespace strata::api::testing
