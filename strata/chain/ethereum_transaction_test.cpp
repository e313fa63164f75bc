// These are the transactions of lotus chain/types/ethtypes/eth_1559_transactions_test.go and
// eth_legacy_155_transactions_test.go, as messages. An ID sender gives the same transaction by
// EthAddressFromFilecoinAddress, consensus/signatures.go.
#include <strata/chain/ethereum_transaction.hpp>

#include <gtest/gtest.h>

#include <strata/base/hex.hpp>
#include <strata/chain/message_rules.hpp>
#include <strata/chain/network.hpp>
#include <strata/crypto/hash.hpp>
#include <strata/types/basic.hpp>

namespace strata::chain {
namespace {

constexpr std::uint64_t kMainnetId = 314;

Address f410(std::string_view hex) {
    return Address::delegated(kEamId, *from_hex(hex));
}

// The transaction of TestEIP155Tx has the RLP f86680843b9aca00835dc1ba94c2dc...
SignedMessage legacy_transaction() {
    Message m;
    m.from = f410("a2bbb73ac59b256415e91a820b224dbaf2c268fa");
    m.to = f410("c2dca9a18d4a4057921d1bcb22da05e68e46b1d0");
    m.value = 100;
    m.gas_limit = 6'144'442;
    m.gas_fee_cap = m.gas_premium = 1'000'000'000;
    m.method = kMethodInvokeEvm;
    // The signature is prefix 2 for EIP-155, then r, s and v = 0x297.
    return {m,
            {Signature::Type::delegated,
             *from_hex("02f91ee69c4603c4f21131467ee9e06ad4a96d0a29fa8064db61f3adaea0eb6e92"
                       "7181e306bb8f773d94cc3b75e9835de00c004e072e6630c0c46971d38706bb010297")}};
}

Network mainnet() {
    Network out;
    out.chain_id = kMainnetId;
    return out;
}

// This is the last transaction without data of prepareTxTestcases.
SignedMessage eip1559_transaction() {
    Message m;
    m.from = f410("a2bbb73ac59b256415e91a820b224dbaf2c268fa");
    m.to = Address::id(1004);  // 0xff00...03ec
    m.nonce = 200;
    m.value = fil(1);
    m.gas_limit = 60'000;
    m.gas_fee_cap = m.gas_premium = 60'000;
    m.method = kMethodInvokeEvm;
    return {
        m,
        {Signature::Type::delegated, *from_hex("9817043ad22797d2f26ca46697db5f586c38336a171dce2d22d659889e9e9eb5"
                                               "369a5d6169586d9c831b6e017aa29fd49eac0636a136bfa5bafb95390fa95b8f01")}};
}

std::string refusal(const std::function<void(SignedMessage&)>& change) {
    auto message = legacy_transaction();
    change(message);
    const auto signing = ethereum_signing(message, kMainnetId);
    return signing ? "accepted" : signing.error().message();
}

TEST(EthereumTransaction, a_message_becomes_the_unsigned_rlp) {
    const auto signing = ethereum_signing(eip1559_transaction(), kMainnetId);
    ASSERT_TRUE(signing);
    EXPECT_EQ(to_hex(signing->preimage),
              "02ee82013a81c882ea6082ea6082ea6094ff000000000000000000000000000000000003ec880de0b6b3a764000080c0");
}

TEST(EthereumTransaction, a_legacy_signature_is_its_senders) {
    const auto message = legacy_transaction();
    EXPECT_TRUE(check_message_signature(mainnet(), message, message.message.from));
    EXPECT_FALSE(check_message_signature(mainnet(), message, f410("c2dca9a18d4a4057921d1bcb22da05e68e46b1d0")));
}

// In a block the sender may be named by its ID: the transaction and its signature are the same.
TEST(EthereumTransaction, the_sender_may_be_an_id) {
    auto message = legacy_transaction();
    const Address key = message.message.from;
    const auto by_key = ethereum_signing(message, kMainnetId).value();
    message.message.from = Address::id(1234);
    EXPECT_EQ(ethereum_signing(message, kMainnetId).value().preimage, by_key.preimage);
    EXPECT_TRUE(check_message_signature(mainnet(), message, key));
}

TEST(EthereumTransaction, other_senders_have_no_ethereum_address) {
    for (const Address& from : {Address::secp256k1(Bytes(65, 1)), Address::actor(Bytes{1}), Address::bls(Bytes(48, 1)),
                                Address::delegated(32, Bytes(20)), Address::delegated(kEamId, Bytes(19)),
                                f410("ff00000000000000000000000000000000000064")})
        EXPECT_NE(refusal([&](SignedMessage& m) { m.message.from = from; }), "accepted") << from.to_string();
}

TEST(EthereumTransaction, refusals_say_what_is_wrong) {
    EXPECT_EQ(refusal([](SignedMessage& m) { m.message.version = 1; }),
              "Ethereum transaction: version is 1, expected 0");
    EXPECT_EQ(refusal([](SignedMessage& m) { m.message.method = 0; }),
              "Ethereum transaction: method is 0, expected InvokeEVM (3844450837)");
    EXPECT_EQ(refusal([](SignedMessage& m) { m.message.params = {0x40}; }),
              "Ethereum transaction: the parameters are an empty byte string, expected no parameters");
    EXPECT_EQ(
        refusal([](SignedMessage& m) { m.message.gas_premium = 1; }),
        "Ethereum transaction: fee cap is 1000000000 and premium is 1; a legacy transaction has one gas price, so "
        "they must be equal");
    EXPECT_EQ(refusal([](SignedMessage& m) { m.signature.data[0] = 3; }),
              "Ethereum transaction: the first byte of a legacy signature is 3, expected 1 (before EIP-155) or 2 "
              "(since then)");
    EXPECT_EQ(refusal([](SignedMessage& m) { m.signature.data.back() = 0x99; }),
              "Ethereum transaction: v is 665, expected 663 or 664");
    EXPECT_EQ(refusal([](SignedMessage& m) { m.signature.data.resize(60); }),
              "Ethereum transaction: the legacy signature has 60 bytes, expected at least 66");
}

// The hash of a transaction is the keccak-256 of its signed form; this one is of prepareHomesteadTxSignatureTestcases
// (eth_legacy_homestead_transactions_test.go).
TEST(EthereumTransaction, its_hash_is_that_of_the_signed_rlp) {
    Message m;
    m.from = f410("a2bbb73ac59b256415e91a820b224dbaf2c268fa");
    m.to = f410("b94f5374fce5edbc8e2a8697c15331677e6ebf0b");
    m.nonce = 3;
    m.value = 10;
    m.gas_limit = 0x5207;
    m.gas_fee_cap = m.gas_premium = 1;
    m.method = kMethodInvokeEvm;
    const std::string r = "98ff921201554726367d2be8c804a7ff89ccf285ebc57dff8ae4c44b9c19ac4a";
    const std::string s = "7778cde41a8a37f6a087622b38bc201bd3e7df06dce067569d4def1b53dba98c";
    const SignedMessage message{m, {Signature::Type::delegated, *from_hex("01" + r + s + "1b")}};
    const auto found = ethereum_transaction(message, kMainnetId);
    ASSERT_TRUE(found) << found.error().message();
    EXPECT_EQ(found->form, EthereumForm::homestead);
    EXPECT_EQ(found->hash, crypto::keccak_256(*from_hex(
                               "f85f030182520794b94f5374fce5edbc8e2a8697c15331677e6ebf0b0a801ba0" + r + "a0" + s)));
    EXPECT_EQ(ethereum_hash(message, kMainnetId).value(), found->hash);
}

// Native messages have the digests of their CIDs in blocks (lotus node/impl/eth/utils.go, ethTxHashFromSignedMessage).
TEST(EthereumTransaction, a_native_message_has_the_digest_of_its_cid) {
    for (const auto type : {Signature::Type::secp256k1, Signature::Type::bls}) {
        const SignedMessage message{legacy_transaction().message, {type, Bytes(65, 1)}};
        EXPECT_TRUE(equal(ethereum_hash(message, kMainnetId).value(), message.cid().digest()));
    }
}

}  // namespace
}  // namespace strata::chain
