// The signer of a transaction says its hash, its sender and its message: EIP-155's example, the tests of Lotus
// (chain/types/ethtypes/*_test.go), ethers 6.15 with the key of EIP-155's example, and the transactions on a chain that
// Lotus recorded (vectors/lotus-devnet/long: eth.jsonl has the fields, tipsets.jsonl the CIDs of the messages).
#include <strata/chain/ethereum_raw.hpp>

#include <gmock/gmock.h>

#include <strata/base/hex.hpp>
#include <strata/chain/ethereum_transaction.hpp>
#include <strata/chain/message_rules.hpp>
#include <strata/chain/network.hpp>

namespace strata::chain {
namespace {

using ::testing::HasSubstr;

constexpr std::uint64_t kDevnet = 31'415'926;
constexpr std::uint64_t kMainnet = 314;

struct Vector {
    const char* what;
    std::uint64_t chain_id;
    std::string raw;
    const char* from;
    const char* hash;  // empty: nobody says it
    const char* cid;   // of the signed message; empty: nobody says it
};

const std::string kCallByEthers =
    "02f8928401df5e7607830186a08477359400832dc6c094111111111111111111111111111111111111111101a41003e2d2000000000000"
    "0000000000000000000000000000000000000000000000000005c001a0fce5a43188daa3b70842f2e60e3aa5eb7af482b317fe677ab393"
    "c7d58e504a39a031407fe6aa535c32a8d0cdb2163ddd74c0d53dac32645cde4b7fc3c005aa4f47";

const std::vector<Vector>& vectors() {
    static const std::vector<Vector> all = {
        {"EIP-155", 1,
         "f86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008025a028ef61340bd939bc219"
         "5"
         "fe537567866003e1a15d3c71ff63e1590620aa636276a067cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d8"
         "3",
         "9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f", "33469b22e9f636356c4160a87eb19df52b7412e8eac32a4a55ffe88ea8350788",
         ""},
        {"Lotus, TestEIP155Tx", kMainnet,
         "f86680843b9aca00835dc1ba94c2dca9a18d4a4057921d1bcb22da05e68e46b1d06480820297a0f91ee69c4603c4f21131467ee9e06ad"
         "4"
         "a96d0a29fa8064db61f3adaea0eb6e92a07181e306bb8f773d94cc3b75e9835de00c004e072e6630c0c46971d38706bb01",
         "a2bbb73ac59b256415e91a820b224dbaf2c268fa", "", ""},
        {"ethers, a call", kDevnet, kCallByEthers, "9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f",
         "f163eb260c276fe445fc6dfc0a3c10775754f749314645e11c0832acee00dbf0", ""},
        {"ethers, a creation", kDevnet,
         "02f85f8401df5e7680830186a084773594008401c9c38080808460806040c080a03022bdf8784a8309460aba2925fac11bfd2074be211"
         "2"
         "0d2a5d84325c45ac0165a0615fa8a56fe904edd6414810bb342aebd6d11a0be676ce2961f479326a32b22c",
         "9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f", "8541bcae1016cc4b2506a14a3e8fd67931f129b21a1320876c1d79ffdd282108",
         ""},
        {"ethers, to a masked ID", kDevnet,
         "02f8748401df5e768180808477359400832dc6c094ff00000000000000000000000000000000000065880de0b6b3a764000080c080a05"
         "8"
         "8c71596ea50b9baa67c919ff5a74b3a4a3193efecfe66d03ab2ef2313fe1b9a049ad84777e957d7e0cf23f29e3f4ac217f305775507a7"
         "32"
         "c0a8b3b3556661a38",
         "9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f", "4789665e94d7a57fa17f3ae7b1c56f23f3d5c828dad127305a9794fa4c013011",
         ""},
        {"ethers, before EIP-155", kDevnet,
         "f85f010182520894111111111111111111111111111111111111111105801ca0404f9a4f6a8cc7462471cf0952b393460ac0e3b1cb589"
         "fb"
         "c6974433690b278f9a07751972eb6a7a0191de06b038bce4f2dee355f9d201218aa95da055bfe532dd0",
         "9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f", "82079db515a231c95859a13e0f58ead192618ba21dbe0272bd25b635ad9caac5",
         ""},
        {"Lotus' chain, epoch 1096", kDevnet,
         "02f8778401df5e7680830f424084773594008401c9c380944242424242424242424242424242424242424242880de0b6b3a764000080c"
         "0"
         "01a0b24148ef6bcce7522ebed36d5fce4b39973567a420cae9fe81dbe355e5e84226a033b9fd7c6250396682be1b4ce4f57ebde1d6ca6"
         "42"
         "1c61e16d0b2c0e21c56bd1e",
         "a0feabdb12a7c08bfa6bb4955c47a65a2d69d673", "4447849bac65a5c6d2a7f5d25cdeb2ef1e42bbdcfd5fbaebb606d9bbfdc1e466",
         "bafy2bzaceabc46drxbxfjpzkzqkyg5qat4n7636mhvmdfxjbiffu7vmhhpec6"},
        {"Lotus' chain, epoch 1098, legacy", kDevnet,
         "f8710184773594008401c9c3809443434343434343434343434343434343434343438804a03ce68d215555808403bebd0fa09243d3d08"
         "9"
         "11615dbc64047dbc6224ca64a835809e406ed42671c66073246fdfa0049de68332bdbe45e8cf4f035ac5aecfc7ef9510bc50a9432de5c"
         "13"
         "ba28b13b9",
         "a0feabdb12a7c08bfa6bb4955c47a65a2d69d673", "05416a4214ab1dd61fcb0f4abf0569fd3037a9f354310fa7c2b716c2bab1a8e3",
         "bafy2bzacedn6gu4sanp45nqi2jvd2njtz3uhtfpg7p4hzovx6xscy3shu3srg"},
        {"Lotus' chain, epoch 1325, with input", kDevnet,
         "02f8f48401df5e7604830f424084773594008401c9c38094e4b24057cbe136b30def56b34090138ce8440cb280b8842577d18a0000000"
         "0"
         "0000000000000000000000000000000000000000000000000000000500000000000000000000000000000000000000000000000000000"
         "00"
         "0000000400000000000000000000000000000000000000000000000000000000000000006627920657468000000000000000000000000"
         "00"
         "00000000000000000000000000c001a07ff8b3a8a7979669fe1b1e5587fb0389d382783a16a1bd4691f00e7eb94ccfaba0158602b59b4"
         "84"
         "33812c6edd71aa66f37fcf6ca053ae404f38bede56891449ce3",
         "a0feabdb12a7c08bfa6bb4955c47a65a2d69d673", "d6a5fe6e9da6b6d4c50bd747c5cb4288e4296a2d9caa57b040af58d9d2a85718",
         "bafy2bzacea3n4mjaymnjwfzntej6sgmezrbwsndjxwvxrf6brtznyxon73o7o"},
    };
    return all;
}

TEST(EthereumRaw, SenderHashAndMessageAreThoseOfTheSigner) {
    for (const auto& vector : vectors()) {
        SCOPED_TRACE(vector.what);
        const auto got = read_ethereum_raw(*from_hex(vector.raw), vector.chain_id);
        ASSERT_TRUE(got) << got.error().message();
        EXPECT_EQ(got->message.message.from, Address::delegated(kEamId, *from_hex(vector.from)));
        if (*vector.hash != '\0') EXPECT_EQ(to_hex(got->hash), vector.hash);
        if (*vector.cid != '\0') EXPECT_EQ(got->message.cid().to_string(), vector.cid);
        // The message translates back to the same transaction, and its signature is good.
        EXPECT_EQ(to_hex(ethereum_hash(got->message, vector.chain_id).value()), to_hex(got->hash));
        Network network;
        network.chain_id = vector.chain_id;
        EXPECT_TRUE(check_message_signature(network, got->message, got->message.message.from));
    }
}

TEST(EthereumRaw, FieldsOfTheMessage) {
    const auto call = read_ethereum_raw(*from_hex(kCallByEthers), kDevnet)->message.message;
    EXPECT_EQ(call.to, Address::delegated(kEamId, Bytes(20, 0x11)));
    EXPECT_EQ(call.nonce, 7U);
    EXPECT_EQ(call.value, 1);
    EXPECT_EQ(call.gas_limit, 3'000'000);
    EXPECT_EQ(call.gas_fee_cap, 2'000'000'000);
    EXPECT_EQ(call.gas_premium, 100'000);
    EXPECT_EQ(call.method, kMethodInvokeEvm);
    EXPECT_EQ(to_hex(call.params), "58241003e2d20000000000000000000000000000000000000000000000000000000000000005");
    const auto creation = read_ethereum_raw(*from_hex(vectors()[3].raw), kDevnet)->message.message;
    EXPECT_EQ(creation.to, Address::id(kEamId));
    EXPECT_EQ(creation.method, 4U);  // CreateExternal
    const auto native = read_ethereum_raw(*from_hex(vectors()[4].raw), kDevnet)->message.message;
    EXPECT_EQ(native.to, Address::id(0x65));
    EXPECT_EQ(native.value, fil(1));
}

std::string refusal(const std::string& raw, std::uint64_t chain_id = kDevnet) {
    const auto got = read_ethereum_raw(*from_hex(raw), chain_id);
    return got ? "accepted" : got.error().message();
}

// ethers signed the first two; Lotus refuses both.
TEST(EthereumRaw, OtherKindsOfTransactionsAreRefused) {
    EXPECT_THAT(
        refusal("01f8658401df5e7601018252089411111111111111111111111111111111111111110580c080a08e1cf34083422da954d30a02"
                "a222ab"
                "bfea7f2b24cbadf25ee3d09318c4b34b7ba063ffd64728308bd0bd62a0b3204f20fb116ff8ca2ef85723ec8897aa31738366"),
        HasSubstr("EIP-2930"));
    EXPECT_THAT(
        refusal(
            "02f87d8401df5e760101018252089411111111111111111111111111111111111111110580d7d69411111111111111111111111111"
            "111111"
            "11111111c080a0e9fc5218e1d7a684b9ee7d882dd36f3bbb695e3c37df49ed8a4847b893bed103a0712dc7b38248f036aac8867ecb"
            "708d9d5ea0f70d5e565cdd2820af9732e4f7ff"),
        HasSubstr("the access list is not empty"));
    EXPECT_THAT(refusal("03c0"), HasSubstr("unsupported transaction type"));
    EXPECT_THAT(refusal("00"), HasSubstr("unsupported transaction type"));
    EXPECT_THAT(refusal(""), HasSubstr("it is empty"));
    EXPECT_THAT(refusal(kCallByEthers, kMainnet), HasSubstr("the chain ID is 31415926, expected 314"));
    EXPECT_THAT(refusal(vectors()[7].raw, kMainnet), HasSubstr("v is 62831887, expected 663 or 664"));
}

TEST(EthereumRaw, DamagedTransactionsAreRefused) {
    const std::string& good = kCallByEthers;
    EXPECT_THAT(refusal(good + "00"), HasSubstr("bytes follow the transaction"));
    for (std::size_t cut = 2; cut < good.size(); cut += 2) EXPECT_NE(refusal(good.substr(0, cut)), "accepted") << cut;
    // v is 1 at the byte before the marker of r: 0 and 1 are signatures, of different keys; 2 is none.
    std::string changed = good;
    const auto v = changed.find("c001a0fc") + 2;
    changed.replace(v, 2, "02");
    EXPECT_THAT(refusal(changed), HasSubstr("v is 2, expected 0 or 1"));
    // A nonce with a leading zero, in a list that is one byte longer, is the same number to Lotus and not canonical.
    std::string padded = good;
    padded.replace(padded.find("02f892"), 6, "02f894");
    padded.replace(padded.find("8401df5e7607") + 10, 2, "820007");
    EXPECT_THAT(refusal(padded), HasSubstr("leading zeros"));
    EXPECT_THAT(refusal("02" + std::string(4'200'000, '0')), HasSubstr("expected at most 2097152"));
}

// Any bytes end with an error or a message, and never with a crash.
TEST(EthereumRaw, AnyByteMayBeChanged) {
    for (const auto& vector : vectors()) {
        const Bytes good = *from_hex(vector.raw);
        for (std::size_t i = 0; i < good.size(); ++i) {
            Bytes bad = good;
            bad[i] ^= 0x81;
            const auto got = read_ethereum_raw(bad, vector.chain_id);
            if (got) EXPECT_NE(got->message.message.from, Address::delegated(kEamId, *from_hex(vector.from)));
        }
    }
}

}  // namespace
}  // namespace strata::chain
