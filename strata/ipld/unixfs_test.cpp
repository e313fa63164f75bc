// The expected CIDs come from the JavaScript reference importer (npm ipfs-unixfs-importer 17.1.1, rawLeaves, 1 MiB
// chunks, balanced with 1,024 links, reduceSingleLeafToSelf), over the same bytes.
#include <strata/ipld/unixfs.hpp>

#include <gtest/gtest.h>

#include <strata/crypto/hash.hpp>
#include <strata/ipld/car.hpp>
#include <strata/ipld/dag_pb.hpp>
#include <strata/testing/failing_blockstore.hpp>

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

// The same importer with chunks of 1,932 bytes and at most 26 links in a node.
TEST(UnixFs, OtherShapes) {
    constexpr UnixFsShape kShape{1932, 26};
    const auto root = [&](std::size_t size) {
        MemoryBlockstore store;
        return import_file(memory_source(content(size)), store, kShape).value().root.to_string();
    };
    EXPECT_EQ(root(1932), "bafkreiagt7gstue5ka6hasnhsqyt4rh2oufsgkxbtwuek2jjvrq35ttukq");
    EXPECT_EQ(root(1933), "bafybeibe42lwav4i5stp5qeewf3a64n42vzf6zk7go5vve5sre7s2hpr7u");
    EXPECT_EQ(root(20'000), "bafybeibply64f325iqm36kdrhe7g4u5sn52sprneenew4mbdhvgfgonbua");
    EXPECT_EQ(root(100'000), "bafybeidqi2gqhbug3k7qkxtjoqot6exlsvfuct7hgsfjszskn32e5re4z4") << "three levels";
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

class DamagedDag : public ::testing::Test {
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

// The blocks of the specification (specs.ipfs.tech/unixfs): the empty directory, which every IPFS node knows, and
// others of a Data message with the fields Type 1, Data 2, filesize 3, blocksizes 4, hashType 5 and fanout 6.
UnixFsNode decoded(const Bytes& data, std::vector<PbLink> links = {}) {
    return decode_unixfs(encode_dag_pb({.data = data, .links = std::move(links)})).value();
}
Errc decode_error(std::optional<Bytes> data, std::vector<PbLink> links = {}) {
    const auto node = decode_unixfs(encode_dag_pb({.data = std::move(data), .links = std::move(links)}));
    return node ? Errc::internal : node.error().code();
}

TEST(UnixFsDecode, ReadsEveryField) {
    using Type = UnixFsNode::Type;
    EXPECT_EQ(decoded({0x08, 0x01}).type, Type::directory);
    const auto file = decoded({0x08, 0x02, 0x12, 0x03, 'a', 'b', 'c', 0x18, 0x03});
    EXPECT_EQ(file.type, Type::file);
    EXPECT_TRUE(file.is_file());
    EXPECT_EQ(as_text(file.data), "abc");
    EXPECT_EQ(file.file_size, 3U);
    EXPECT_EQ(decoded({0x08, 0x00, 0x12, 0x01, 'x'}).file_size, 1U)
        << "without a file size, the length of the data counts";
    const auto shard = decoded({0x08, 0x05, 0x12, 0x01, 0x40, 0x28, 0x22, 0x30, 0x80, 0x02});
    EXPECT_EQ(shard.type, Type::shard);
    EXPECT_EQ(shard.hash_type, 0x22U);
    EXPECT_EQ(shard.fanout, 256U);
    EXPECT_FALSE(shard.is_file());
    EXPECT_EQ(decoded({0x08, 0x04, 0x12, 0x01, '/'}).type, Type::symlink);
}

TEST(UnixFsDecode, RefusesOtherBlocks) {
    const Cid leaf = Cid::hash_of(Codec::raw, Bytes{1});
    EXPECT_EQ(decode_error(std::nullopt), Errc::malformed) << "no data at all";
    EXPECT_EQ(decode_error(Bytes{}), Errc::malformed) << "no type";
    EXPECT_EQ(decode_error(Bytes{0x08, 0x06}), Errc::malformed) << "an unknown type";
    EXPECT_EQ(decode_error(Bytes{0x18, 0x01}), Errc::malformed) << "a size and no type";
    EXPECT_EQ(decode_error(Bytes{0x08}), Errc::truncated);
    EXPECT_EQ(decode_error(Bytes{0x08, 0x02, 0x12, 0x05, 'a'}), Errc::truncated);
    EXPECT_EQ(decode_error(Bytes{0x0d, 0, 0, 0, 0}), Errc::malformed) << "a wire type of 32 bits";
    EXPECT_EQ(decode_error(Bytes{0x08, 0x02}, {{leaf, "", 1}}), Errc::malformed) << "a link without its size";
    EXPECT_EQ(decode_error(Bytes{0x08, 0x02, 0x20, 0x01}), Errc::malformed) << "a size without its link";
    EXPECT_EQ(decode_error(Bytes{0x08, 0x01}, {{leaf, "name", 1}}), Errc::internal) << "a directory has no sizes";
    EXPECT_EQ(decode_unixfs(Bytes{0xff}).error().code(), Errc::truncated);
}

// A lookup in a sharded directory ends with an error for a node that is not a shard of the specification.
TEST(UnixFsShard, NodesThatAreRefused) {
    UnixFsNode shard;
    shard.type = UnixFsNode::Type::shard;
    shard.hash_type = 0x22;
    const auto code = [&](unsigned level = 0) {
        const auto found = find_in_shard(shard, "name", level);
        return found ? Errc::internal : found.error().code();
    };
    for (const std::uint64_t fanout : {0U, 1U, 4U, 7U, 9U, 255U, 2048U, 1U << 31}) {
        shard.fanout = fanout;
        EXPECT_EQ(code(), Errc::malformed) << fanout;
        EXPECT_EQ(shards_below(shard).error().code(), Errc::malformed) << fanout;
    }
    shard.fanout = 256;
    EXPECT_FALSE(find_in_shard(shard, "name", 0).value()) << "an empty shard has no names";
    // The hash has 64 bits, and a level takes eight of them.
    EXPECT_EQ(code(7), Errc::internal);
    EXPECT_EQ(code(8), Errc::malformed);
    shard.hash_type = 0x12;
    EXPECT_EQ(code(), Errc::unsupported);
    shard.type = UnixFsNode::Type::directory;
    EXPECT_EQ(code(), Errc::malformed);
    EXPECT_EQ(shards_below(shard).error().code(), Errc::malformed);
}

// Failures of the source, of the store and of the place to which a file is written are passed on.
TEST(UnixFs, FailuresAroundItArePassedOn) {
    MemoryBlockstore memory;
    const Bytes file = content(2'500'000);
    const ByteSource failing = [](std::span<std::uint8_t>) -> Result<std::size_t> { return Errc::io; };
    EXPECT_EQ(import_file(failing, memory).error().code(), Errc::io);
    for (std::size_t n = 0; n < 4; ++n) {
        testing::FailingBlockstore store(memory);
        store.fail_write(n, Errc::no_space);
        EXPECT_EQ(import_file(memory_source(file), store).error().code(), Errc::no_space) << n;
    }
    const auto imported = import_file(memory_source(file), memory).value();
    const auto write = [](BytesView) -> Status { return {}; };
    for (std::size_t n = 0; n < 4; ++n) {
        testing::FailingBlockstore store(memory);
        store.fail_read(n, Errc::io);
        EXPECT_EQ(export_file(store, imported.root, write).error().code(), Errc::io) << n;
        testing::FailingBlockstore again(memory);
        again.fail_read(n, Errc::io);
        EXPECT_EQ(write_dag_car(again, imported.root, write).error().code(), Errc::io) << n;
    }
    const auto full = [](BytesView) -> Status { return Errc::no_space; };
    EXPECT_EQ(export_file(memory, imported.root, full).error().code(), Errc::no_space);
    EXPECT_EQ(write_dag_car(memory, imported.root, full).error().code(), Errc::no_space);
}

TEST_F(DamagedDag, OtherCodecs) {
    const Cid cbor = store_.put(Codec::dag_cbor, Bytes{0x80}).value();
    EXPECT_EQ(export_error(cbor).code(), Errc::unsupported);
    // The sum of a node's sizes is right, but one of them is wrong.
    const Cid leaf = store_.put(Codec::raw, Bytes{1, 2, 3}).value();
    const PbNode node{.data = Bytes{0x08, 2, 0x18, 6, 0x20, 2, 0x20, 4}, .links = {{leaf, "", 3}, {leaf, "", 3}}};
    EXPECT_EQ(export_error(put_pb(node)).code(), Errc::malformed);
    const PbNode good{.data = Bytes{0x08, 2, 0x18, 6, 0x20, 3, 0x20, 3}, .links = {{leaf, "", 3}, {leaf, "", 3}}};
    EXPECT_EQ(export_file(store_, put_pb(good), [](BytesView) -> Status { return {}; }).value(), 6U);
}

}  // namespace
}  // namespace strata
