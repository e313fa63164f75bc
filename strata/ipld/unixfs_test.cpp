// The expected CIDs come from the JavaScript reference importer (npm ipfs-unixfs-importer 17.1.1, rawLeaves, 1 MiB
// chunks, balanced with 1,024 links, reduceSingleLeafToSelf), over the same bytes.
#include <strata/ipld/unixfs.hpp>

#include <gtest/gtest.h>

#include <strata/crypto/hash.hpp>
#include <strata/ipld/car.hpp>
#include <strata/ipld/dag_pb.hpp>

namespace strata {
namespace {

// Returns the high bytes of a linear congruential generator (Numerical Recipes' constants).
Bytes content(std::size_t size) {
    Bytes out(size);
    std::uint32_t x = 1;
    for (auto& byte : out) {
        x = x * 1664525 + 1013904223;
        byte = static_cast<std::uint8_t>(x >> 24);
    }
    return out;
}

ByteSource zeros(std::uint64_t left) {
    return [left](std::span<std::uint8_t> buffer) mutable -> Result<std::size_t> {
        const auto size = std::min<std::uint64_t>(left, buffer.size());
        std::ranges::fill(buffer.first(size), std::uint8_t{0});
        left -= size;
        return size;
    };
}

struct Case {
    std::size_t size;
    const char* root;
};
constexpr Case kCases[] = {
    {0, "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"},
    {100, "bafkreicaydt462gdnrm6x3hd23g3fgipyuzwqluhejm6dv2lrs5egkwzsy"},
    {1048576, "bafkreiep7x36nt66cvnlcghb64cdlw467uhjm5c6m5efjck63ult7rmrzi"},
    {1048577, "bafybeihtedftjxy6bkqn6rdcfaov6mbrtqtta46qt6cfk42rr7ktkai4qm"},
    {20000000, "bafybeib2deqnhc7n7ura2677angghl6azdld3xet6ngsfghwk2qwfsi6re"},
};

TEST(UnixFs, ImportsAndExports) {
    for (const auto& test : kCases) {
        const Bytes file = content(test.size);
        MemoryBlockstore store;
        const auto imported = import_file(memory_source(file), store).value();
        EXPECT_EQ(imported.root.to_string(), test.root);
        EXPECT_EQ(imported.size, test.size);
        Bytes back;
        const auto size = export_file(store, imported.root, [&](BytesView data) -> Status {
            append(back, data);
            return {};
        });
        EXPECT_EQ(size.value(), test.size);
        EXPECT_EQ(back, file);
    }
}

TEST(UnixFsSlow, GrowsASecondLevel) {
    const auto root = [](std::uint64_t size) {
        return import_file(zeros(size), [](const Cid&, BytesView) -> Status { return {}; }).value().root.to_string();
    };
    EXPECT_EQ(root(kUnixFsLinks * kUnixFsChunk), "bafybeibqawkaltgjfdebq4no6nmfcvkcw7k52xqzclkwfmrkn6oxw7srmy");
    EXPECT_EQ(root(kUnixFsLinks * kUnixFsChunk + 5), "bafybeicuc5fvrezluyqvgnxh4inn7dsxewecmo3nhq7nrwpbjindakurdu");
}

TEST(UnixFs, CarGoesFromTheRootDown) {
    MemoryBlockstore store;
    const auto imported = import_file(memory_source(content(2500000)), store).value();
    Bytes car;
    ASSERT_TRUE(write_dag_car(store, imported.root, [&](BytesView part) -> Status {
        append(car, part);
        return {};
    }));
    std::vector<Cid> order;
    const auto header = read_car(car, [&](const Cid& cid, BytesView) -> Status {
        order.push_back(cid);
        return {};
    });
    EXPECT_EQ(header->roots, std::vector{imported.root});
    ASSERT_EQ(order.size(), 4U);
    EXPECT_EQ(order[0], imported.root);
    const auto links = links_of(Codec::dag_pb, store.get(imported.root).value()).value();
    EXPECT_TRUE(std::ranges::equal(links, std::span(order).subspan(1)));
}

class DamagedDag : public testing::Test {
  protected:
    Error export_error(const Cid& root, const DagLimits& limits = {}) {
        const auto result = export_file(store_, root, [](BytesView) -> Status { return {}; }, limits);
        EXPECT_FALSE(result.has_value());
        return result ? Error(Errc::internal) : result.error();
    }
    Cid put_pb(const PbNode& node) {
        const Bytes block = encode_dag_pb(node);
        const Cid cid = Cid::v1(Codec::dag_pb, HashCode::sha2_256, crypto::sha256(block));
        EXPECT_TRUE(store_.put_block(cid, block));
        return cid;
    }
    MemoryBlockstore store_;
};

TEST_F(DamagedDag, MissingBlock) {
    const Cid missing = Cid::constant(kCases[3].root);
    EXPECT_EQ(export_error(missing).code(), Errc::missing_block);
}
TEST_F(DamagedDag, WrongBlock) {
    const Cid cid = Cid::constant(kCases[1].root);
    ASSERT_TRUE(store_.put_block(cid, content(99)));
    EXPECT_EQ(export_error(cid).code(), Errc::verification);
}
TEST_F(DamagedDag, WrongSizes) {
    const Cid leaf = store_.put(Codec::raw, Bytes{1, 2, 3}).value();
    // The node says: type file, file size 4, one block of 4; but the leaf has 3.
    const PbNode node{.data = Bytes{0x08, 2, 0x18, 4, 0x20, 4}, .links = {{leaf, "", 3}}};
    EXPECT_EQ(export_error(put_pb(node)).code(), Errc::malformed);
}
TEST_F(DamagedDag, Directory) {
    EXPECT_EQ(export_error(put_pb({.data = Bytes{0x08, 1}, .links = {}})).code(), Errc::unsupported);
}
TEST_F(DamagedDag, Limits) {
    const auto imported = import_file(memory_source(content(2500000)), store_).value();
    EXPECT_EQ(export_error(imported.root, {.blocks = 3}).code(), Errc::too_large);
    EXPECT_EQ(export_error(imported.root, {.bytes = 2499999}).code(), Errc::too_large);
    EXPECT_EQ(export_error(imported.root, {.pending = 2}).code(), Errc::too_large);
}

}  // namespace
}  // namespace strata
