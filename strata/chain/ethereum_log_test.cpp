// Which events are logs: the cases of lotus' TestEthLogFromEvent (node/impl/eth/events_test.go), with its rules.
#include <strata/chain/ethereum_log.hpp>

#include <bit>

#include <gtest/gtest.h>

#include <strata/base/hex.hpp>

namespace strata::chain {
namespace {

vm::EventEntry entry(std::string key, Bytes value, Codec codec = Codec::raw) {
    return {.flags = 3, .key = std::move(key), .codec = codec, .value = std::move(value)};
}

TEST(EthereumLogs, HaveTopicsAndData) {
    const auto log = ethereum_log({entry("t2", Bytes(32, 2)), entry("d", Bytes(33, 9)), entry("t1", Bytes(32, 1))});
    ASSERT_TRUE(log);
    ASSERT_EQ(log->topics.size(), 2U);
    EXPECT_EQ(log->topics[0][0], 1);
    EXPECT_EQ(log->topics[1][0], 2);
    EXPECT_EQ(log->data, Bytes(33, 9));
    EXPECT_TRUE(ethereum_log({})) << "an empty event is a log without topics";
    EXPECT_EQ(ethereum_log({entry("d", {})})->topics.size(), 0U);
    EXPECT_TRUE(ethereum_log({entry("x", {1}), entry("t1", Bytes(32))})) << "unknown entries are left out";
}

TEST(EthereumLogs, AreNothingElse) {
    EXPECT_FALSE(ethereum_log({entry("t1", Bytes(32), Codec::cbor)})) << "builtin actors write CBOR";
    EXPECT_FALSE(ethereum_log({entry("t1", Bytes(31))}));
    EXPECT_FALSE(ethereum_log({entry("t1", Bytes(32)), entry("t1", Bytes(32))}));
    EXPECT_FALSE(ethereum_log({entry("d", {}), entry("d", {})}));
    EXPECT_FALSE(ethereum_log({entry("t2", Bytes(32))})) << "t1 is skipped";
}

// Values are compared in the tests of the index, with the blocks that Lotus recorded.
TEST(EthereumBlooms, HaveThreeBitsForEachItem) {
    EthereumBloom bloom;
    for (const char* item : {"test", "testtest", "hallo", "other"}) bloom.add(as_bytes(item));
    int bits = 0;
    for (const auto byte : bloom.bits) bits += std::popcount(byte);
    EXPECT_LE(bits, 12);
    EXPECT_GE(bits, 9);
    const auto before = bloom;
    bloom.add(as_bytes("hallo"));
    EXPECT_EQ(bloom, before);
}

TEST(EthereumAddresses, StandForFilecoinAddresses) {
    // Source: lotus chain/types/ethtypes/eth_types_test.go (TestMaskedIDInF4, TestParseEthAddr).
    EXPECT_EQ(to_hex(*ethereum_address(Address::id(100))), "ff00000000000000000000000000000000000064");
    EXPECT_EQ(*filecoin_address(masked_id(100)), Address::id(100));
    EXPECT_FALSE(ethereum_address(Address::delegated(kEamId, masked_id(100))));
    EXPECT_FALSE(ethereum_address(Address::delegated(32, Bytes(20))));
    EXPECT_FALSE(ethereum_address(Address::actor(Bytes{1})));
    EXPECT_FALSE(filecoin_address(masked_id(std::uint64_t{1} << 63)));
    const auto plain = Address::delegated(kEamId, Bytes(20, 7));
    EXPECT_EQ(*filecoin_address(*ethereum_address(plain)), plain);
}

}  // namespace
}  // namespace strata::chain
