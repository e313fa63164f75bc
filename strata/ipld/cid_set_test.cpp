// Protects the flat set of CIDs against the same set in the standard library, through many growths.
#include <strata/ipld/cid_set.hpp>

#include <gtest/gtest.h>

#include <set>

namespace strata {
namespace {

Cid numbered(std::uint64_t n, Codec codec = Codec::dag_cbor) {
    ByteArray<8> data{};
    store_le(data.data(), n);
    return Cid::hash_of(codec, data);
}

TEST(CidSet, is_a_set) {
    CidSet set;
    std::set<Cid> model;
    for (std::uint64_t i = 0; i < 5000; ++i) {
        const auto cid = numbered(i * i % 3001);
        EXPECT_EQ(set.contains(cid), model.contains(cid));
        EXPECT_EQ(set.insert(cid), model.insert(cid).second);
    }
    EXPECT_EQ(set.size(), model.size());
    for (const auto& cid : model) EXPECT_TRUE(set.contains(cid));
}

TEST(CidSet, tells_kinds_of_one_digest_apart) {
    CidSet set;
    const Cid cid = numbered(1);
    const auto digest = cid.digest();
    EXPECT_TRUE(set.insert(Cid::v1(Codec::dag_cbor, HashCode::blake2b_256, digest)));
    EXPECT_TRUE(set.insert(Cid::v1(Codec::raw, HashCode::blake2b_256, digest)));
    EXPECT_TRUE(set.insert(Cid::v1(Codec::raw, HashCode::sha2_256, digest)));
    EXPECT_TRUE(set.insert(Cid::v1(Codec::raw, HashCode::identity, digest)));
    EXPECT_TRUE(set.insert(Cid::v1(Codec::raw, HashCode::identity, digest.first(3))));
    EXPECT_FALSE(set.insert(Cid::v1(Codec::raw, HashCode::identity, digest.first(3))));
    EXPECT_EQ(set.size(), 5U);
}

TEST(CidSet, says_before_it_grows_what_it_will_need) {
    CidSet set;
    EXPECT_EQ(set.bytes_for_next(), 64U * 16);
    for (std::uint64_t i = 0; i < 51; ++i) set.insert(numbered(i));
    EXPECT_EQ(set.bytes_for_next(), (64U + 128) * 16) << "the old and the new table";
    set.insert(numbered(51));
    EXPECT_EQ(set.bytes_for_next(), 128U * 16);
}

}  // namespace
}  // namespace strata
