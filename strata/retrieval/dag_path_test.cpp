// Paths: specs.ipfs.tech/http-gateways/path-gateway; the sharded directory of specs.ipfs.tech/unixfs.
#include <strata/retrieval/dag_path.hpp>

#include <strata/retrieval/test_dags.hpp>

namespace strata::retrieval {
namespace {

struct Paths : ::testing::Test {
    MemoryBlockstore store;

    Errc error(const Cid& root, const std::vector<std::string>& names) {
        const auto path = resolve_path(store, root, names);
        return path ? Errc::internal : path.error().code();
    }
};

TEST_F(Paths, through_shards) {
    const Cid root = testing::put_hamt(store);
    for (int i = 1; i <= 1000; ++i) {
        const auto path = resolve_path(store, root, std::vector{std::to_string(i) + ".txt"});
        ASSERT_TRUE(path) << i << ": " << path.error().message();
        EXPECT_EQ(path->target().to_string(), "bafybeigcisqd7m5nf3qmuvjdbakl5bdnh4ocrmacaqkpuh77qjvggmt2sa");
        EXPECT_EQ(path->roots.size(), 2U) << "a shard is not a root of its own";
        EXPECT_GE(path->blocks.size(), 2U);
    }
    for (const auto* name : {"1001.txt", "", "00", "6E470.txt", "470.tx"})
        EXPECT_EQ(error(root, {name}), Errc::not_found);
    EXPECT_EQ(error(root, {"1.txt", "below"}), Errc::not_found) << "a file has nothing below it";
}

TEST_F(Paths, through_plain_nodes_and_identity_blocks) {
    const auto hello = testing::put_hello_world(store);
    const PbNode plain{.data = {}, .links = {{hello.cid, "a", 12}}};
    const Cid root = testing::put(store, Codec::dag_pb, encode_dag_pb(plain)).cid;
    EXPECT_EQ(resolve_path(store, root, std::vector<std::string>{"a"})->target(), hello.cid);
    EXPECT_EQ(error(root, {"b"}), Errc::not_found);
    CborWriter w;
    w.array(1);
    w.link(hello.cid);
    const Cid inlined = Cid::v1(Codec::dag_cbor, HashCode::identity, w.view());
    EXPECT_EQ(resolve_path(store, inlined, std::vector<std::string>{"0"})->target(), hello.cid);
    EXPECT_EQ(resolve_path(store, root, {})->blocks, std::vector{root}) << "the target is not read";
}

TEST_F(Paths, that_lead_nowhere) {
    const Cid root = testing::put_cbor_directory(store);
    EXPECT_EQ(error(root, {"document", "cats"}), Errc::unsupported) << "a value, not a link";
    EXPECT_EQ(error(root, {"document", "dogs"}), Errc::not_found);
    EXPECT_EQ(error(root, {"document", "files", "single", "x"}), Errc::not_found) << "a raw block has no names";
    EXPECT_EQ(error(root, {"document", "files", "multiblock", "x"}), Errc::not_found) << "a file has no names";
    MemoryBlockstore empty;
    EXPECT_EQ(resolve_path(empty, root, std::vector<std::string>{"x"}).error().code(), Errc::missing_block);
    const Cid damaged = testing::put(store, Codec::dag_pb, Bytes{0xff}).cid;
    EXPECT_EQ(error(damaged, {"x"}), Errc::truncated);
}

// Shards below shards end where the 64 bits of the name's hash are used up.
TEST_F(Paths, shards_end) {
    const auto shard = [&](std::uint64_t fanout, std::uint64_t hash,
                           const std::vector<std::pair<std::string, testing::Sized>>& links) {
        Bytes data;
        protobuf::put_number(data, 1, 5);
        protobuf::put_number(data, 5, hash);
        protobuf::put_number(data, 6, fanout);
        return testing::put_node(store, std::move(data), links);
    };
    auto at = testing::put_hello_world(store);
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    const auto hash = crypto::murmur3_x64_64(as_bytes("name"));
    // Nine levels along the hash of the name, the deepest first; the ninth has no bits left.
    for (int level = 8; level >= 0; --level) {
        const auto bucket = level > 7 ? 0 : hash >> (56 - 8 * level) & 0xff;
        at = shard(256, 0x22, {{std::string{kDigits[bucket / 16], kDigits[bucket % 16]}, at}});
    }
    EXPECT_EQ(error(at.cid, {"name"}), Errc::malformed);
    for (const std::uint64_t fanout : {0U, 4U, 255U, 2048U})
        EXPECT_EQ(error(shard(fanout, 0x22, {}).cid, {"a"}), Errc::malformed);
    EXPECT_EQ(error(shard(256, 0x12, {}).cid, {"a"}), Errc::unsupported);
    // 1,024 buckets have three digits, 8 have one (go-unixfs).
    for (const std::uint64_t fanout : {8U, 16U, 1024U}) {
        const auto bits = static_cast<unsigned>(std::countr_zero(fanout));
        const auto bucket = hash >> (64 - bits);
        std::string prefix;
        for (unsigned i = fanout == 1024 ? 3 : 1; i-- > 0;) prefix += kDigits[bucket >> (4 * i) & 15];
        const auto entry = testing::put_hello_world(store);
        const auto root = shard(fanout, 0x22, {{prefix + "name", entry}});
        EXPECT_EQ(resolve_path(store, root.cid, std::vector<std::string>{"name"})->target(), entry.cid) << fanout;
    }
}

}  // namespace
}  // namespace strata::retrieval
