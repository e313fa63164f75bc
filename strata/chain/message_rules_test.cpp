// Tests the rules of a block's messages. Expected answers come from lotus chain/types/message.go
// (ValidForBlockInclusion), chain/consensus/common.go (checkBlockMessages) and chain/consensus/utils.go
// (VerifyBlsAggregate).
#include <strata/chain/message_rules.hpp>

#include <gtest/gtest.h>

#include <strata/base/hex.hpp>
#include <strata/chain/base_fee.hpp>
#include <strata/chain/network.hpp>
#include <strata/chain/test_chain.hpp>
#include <strata/crypto/bls.hpp>
#include <strata/vm/state_tree.hpp>

namespace strata::chain {
namespace {

using testing::address_named;
using testing::key_named;
using wallet::KeyType;

Message valid_message() {
    Message out;
    out.to = Address::id(1001);
    out.from = address_named("bls");
    out.gas_limit = 1'000'000;
    out.gas_fee_cap = 1'000;
    out.gas_premium = 10;
    return out;
}

class Fields : public ::testing::Test {
  protected:
    static std::string refusal(const std::function<void(Message&)>& change) {
        Message message = valid_message();
        change(message);
        const auto checked = check_message_fields(message);
        if (checked) return "accepted";
        EXPECT_EQ(checked.error().code(), Errc::verification);
        return checked.error().message();
    }
};

TEST_F(Fields, name_the_value_and_what_is_allowed) {
    EXPECT_EQ(refusal([](Message&) {}), "accepted");
    EXPECT_EQ(refusal([](Message& m) { m.version = 1; }), "message: version is 1, expected 0");
    EXPECT_EQ(refusal([](Message& m) { m.to = {}; }), "message: the recipient is empty");
    EXPECT_EQ(refusal([](Message& m) { m.from = {}; }), "message: the sender is empty");
    EXPECT_EQ(refusal([](Message& m) { m.value = -1; }),
              "message: value is -1, expected 0 to 2000000000000000000000000000");
    EXPECT_EQ(refusal([](Message& m) { m.value = total_filecoin(); }), "accepted");
    EXPECT_EQ(refusal([](Message& m) { m.value = total_filecoin() + BigInt(1); }),
              "message: value is 2000000000000000000000000001, expected 0 to 2000000000000000000000000000");
    EXPECT_EQ(refusal([](Message& m) { m.gas_fee_cap = -1; }), "message: fee cap is -1, expected at least 0");
    EXPECT_EQ(refusal([](Message& m) { m.gas_premium = -1; }), "message: premium is -1, expected 0 to 1000");
    EXPECT_EQ(refusal([](Message& m) { m.gas_premium = 1'001; }), "message: premium is 1001, expected 0 to 1000");
    EXPECT_EQ(refusal([](Message& m) { m.gas_limit = 0; }), "message: gas limit is 0, expected 1 to 10000000000");
    EXPECT_EQ(refusal([](Message& m) { m.gas_limit = kBlockGasLimit + 1; }),
              "message: gas limit is 10000000001, expected 1 to 10000000000");
}

// The zero key is lotus buildconstants.ZeroAddress.
TEST_F(Fields, the_zero_key_receives_nothing) {
    const auto zero =
        Address::constant("f3yaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaby2smx7a");
    EXPECT_NE(refusal([&](Message& m) { m.to = zero; }), "accepted");
    EXPECT_EQ(refusal([&](Message& m) { m.from = zero; }), "accepted");
}

// The decoder of Go nodes refuses these; a message made here never passed a decoder.
TEST_F(Fields, the_limits_of_the_wire_are_rules) {
    EXPECT_EQ(refusal([](Message& m) { m.to = Address::id(kMaxWireId); }), "accepted");
    EXPECT_NE(refusal([](Message& m) { m.to = Address::id(kMaxWireId + 1); }), "accepted");
    EXPECT_NE(refusal([](Message& m) { m.from = Address::id(UINT64_MAX); }), "accepted");
    EXPECT_EQ(refusal([](Message& m) { m.params = Bytes(2'097'152); }), "accepted");
    EXPECT_EQ(refusal([](Message& m) { m.params = Bytes(2'097'153); }),
              "message: the parameters have 2097153 bytes, expected at most 2097152");
}

TEST(MessageSyntax, a_low_limit_is_refused_by_epoch) {
    Network mainnet;
    mainnet.upgrades = mainnet_upgrades();
    Message message = valid_message();
    message.gas_limit = 400'000;
    EXPECT_TRUE(check_message_syntax(mainnet, 2'683'347, message, 100));
    const auto refused = check_message_syntax(mainnet, 2'683'348, message, 100);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().message(),
              "message: gas limit is 400000, expected at least 690663 for a message of 100 bytes on chain");
}

class BlockMessagesTest : public ::testing::Test {
  protected:
    static Message message(std::string_view from, KeyType type, Nonce nonce) {
        Message out = valid_message();
        out.from = address_named(from, type);
        out.nonce = nonce;
        return out;
    }
    void add_bls(Nonce nonce) {
        const auto signed_message = testing::sign(message("bls", KeyType::bls, nonce), key_named("bls"));
        messages_.bls.push_back(signed_message.message);
        std::ranges::copy(signed_message.signature.data, signatures_.emplace_back().begin());
    }
    void add_secp(Nonce nonce) {
        messages_.secp.push_back(
            testing::sign(message("secp", KeyType::secp256k1, nonce), key_named("secp", KeyType::secp256k1)));
    }
    Signature aggregate() { return {Signature::Type::bls, to_bytes(crypto::bls::aggregate(signatures_).value())}; }
    std::string refusal(const std::function<void(BlockHeader&)>& change = [](BlockHeader&) {}) {
        BlockHeader block;
        block.height = 1;
        block.messages = chain_.chain.put_messages(messages_).value();
        block.bls_aggregate = aggregate();
        change(block);
        auto state = vm::StateTree::load(chain_.blocks, chain_.state_root).value();
        const auto checked = check_block_messages(chain_.network, block, messages_, state);
        return checked ? "accepted" : checked.error().message();
    }

    testing::TestChain chain_{{address_named("bls"), address_named("secp", KeyType::secp256k1)}};
    BlockMessages messages_;
    std::vector<crypto::bls::Signature> signatures_;
};

TEST_F(BlockMessagesTest, a_good_block_is_accepted) {
    EXPECT_EQ(refusal(), "accepted");
    for (Nonce nonce = 0; nonce < 40; ++nonce) add_bls(nonce);  // NOLINT(misc-const-correctness): ++ changes it
    add_secp(0);
    EXPECT_EQ(refusal(), "accepted");
}

// Lotus takes the first 96 bytes before it checks whether there are messages, and never reads the type.
TEST_F(BlockMessagesTest, of_the_aggregate_the_first_96_bytes_count) {
    const auto cut = [](BlockHeader& block) { block.bls_aggregate->data.resize(95); };
    const auto longer = [](BlockHeader& block) { block.bls_aggregate->data.push_back(7); };
    const auto other_type = [](BlockHeader& block) { block.bls_aggregate->type = Signature::Type::secp256k1; };
    const auto junk = [](BlockHeader& block) { block.bls_aggregate->data.assign(96, 7); };
    const std::string too_short = "message: the BLS aggregate has 95 bytes, expected at least 96";

    EXPECT_EQ(refusal(cut), too_short);
    EXPECT_EQ(refusal(longer), "accepted");
    EXPECT_EQ(refusal(other_type), "accepted");
    EXPECT_EQ(refusal(junk), "accepted");  // there are no BLS messages
    add_bls(0);
    EXPECT_EQ(refusal(cut), too_short);
    EXPECT_EQ(refusal(longer), "accepted");
    EXPECT_EQ(refusal(other_type), "accepted");
    EXPECT_EQ(refusal(junk), "message: the BLS aggregate does not verify over the 1 BLS message(s) of the block");
}

TEST_F(BlockMessagesTest, nonces_follow_each_other) {
    add_bls(0);
    add_bls(2);
    EXPECT_EQ(refusal(), "message: nonce is 2, expected 1");
}

TEST_F(BlockMessagesTest, the_lists_hold_their_kinds) {
    add_secp(0);
    messages_.secp[0].signature.type = Signature::Type::bls;
    EXPECT_TRUE(refusal().ends_with(" has a BLS signature, but is not in the BLS list")) << refusal();
    messages_ = {};
    messages_.bls.push_back(message("secp", KeyType::secp256k1, 0));
    EXPECT_NE(refusal().find("is not a BLS key"), std::string::npos);
}

TEST_F(BlockMessagesTest, the_header_names_the_messages) {
    add_secp(0);
    EXPECT_NE(refusal([&](BlockHeader& block) {
                  block.messages = chain_.chain.put_messages({}).value();
              }).find("message: the CID of the block's messages is"),
              std::string::npos);
}

TEST_F(BlockMessagesTest, unknown_senders_and_wrong_signatures_are_refused) {
    add_secp(0);
    messages_.secp[0].message.value = 1;
    EXPECT_NE(refusal().find("the signature does not belong to the signer f1"), std::string::npos);
    messages_ = {};
    messages_.bls.push_back(message("stranger", KeyType::bls, 0));
    EXPECT_NE(refusal().find("actor not found"), std::string::npos);
}

}  // namespace
}  // namespace strata::chain
