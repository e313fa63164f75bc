// Tests links and paths of blocks. Source of DAG-JSON and DAG-CBOR: ipld.io/specs/codecs; of the three codecs without
// links of their own: the multicodec table.
#include <strata/ipld/dag.hpp>

#include <gtest/gtest.h>

#include <strata/crypto/hash.hpp>
#include <strata/ipld/dag_pb.hpp>
#include <strata/ipld/data_model.hpp>
#include <strata/testing/failing_blockstore.hpp>

namespace strata {
namespace {

const Cid kA = Cid::constant("bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku");
const Cid kB = Cid::constant("bafkreicaydt462gdnrm6x3hd23g3fgipyuzwqluhejm6dv2lrs5egkwzsy");
constexpr auto kJson = static_cast<Codec>(0x0200);

// Returns {"a": A, "list": [1, B, {"deep": A}], "n": 7}.
std::string sample_json() {
    return "{\"a\":{\"/\":\"" + kA.to_string() + "\"},\"list\":[1,{\"/\":\"" + kB.to_string() +
           "\"},{\"deep\":{\"/\":\"" + kA.to_string() + "\"}}],\"n\":7,\"raw\":{\"/\":{\"bytes\":\"AQ\"}}}";
}
Bytes sample(Codec codec) {
    const auto text = sample_json();
    if (codec == Codec::dag_json) return to_bytes(as_bytes(text));
    return encode_dag_cbor(*decode_dag_json(text));
}

TEST(DagLinks, OfEveryCodec) {
    EXPECT_EQ(links_of(Codec::dag_json, sample(Codec::dag_json)).value(), (std::vector{kA, kB, kA}));
    const auto cbor = links_of(Codec::dag_cbor, sample(Codec::dag_cbor)).value();
    EXPECT_EQ(cbor.size(), 3U);
    for (const auto codec : {Codec::raw, Codec::cbor, kJson})
        EXPECT_TRUE(links_of(codec, sample(Codec::dag_json)).value().empty());
    EXPECT_EQ(links_of(static_cast<Codec>(0x90), {}).error().code(), Errc::unsupported);
}

TEST(DagLinks, MalformedJsonIsRefused) {
    const auto code = [](std::string_view text) {
        const auto links = links_of(Codec::dag_json, as_bytes(text));
        return links ? Errc::internal : links.error().code();
    };
    EXPECT_EQ(code("{"), Errc::malformed);
    EXPECT_EQ(code(""), Errc::malformed);
    EXPECT_EQ(code("{\"/\":\"" + kA.to_string() + "\",\"more\":1}"), Errc::malformed);
    EXPECT_NE(code(R"({"/":"not a CID"})"), Errc::internal);
    EXPECT_EQ(code(std::string(100'000, '[')), Errc::too_large);
}

TEST(DagPath, LeadsToTheFirstLink) {
    for (const auto codec : {Codec::dag_json, Codec::dag_cbor}) {
        const auto block = sample(codec);
        const auto follow = [&](std::vector<std::string> names) { return follow_path(codec, block, names); };
        const auto a = follow({"a", "below", "it"}).value();
        EXPECT_EQ(a.link, kA);
        EXPECT_EQ(a.used, 1U);
        const auto b = follow({"list", "1"}).value();
        EXPECT_EQ(b.link, kB);
        EXPECT_EQ(b.used, 2U);
        EXPECT_EQ(follow({"list", "2", "deep"}).value().used, 3U);
        const auto value = follow({"n"}).value();
        EXPECT_FALSE(value.link);
        EXPECT_EQ(value.used, 1U);
        EXPECT_FALSE(follow({"list"}).value().link);
        EXPECT_FALSE(follow({"raw"}).value().link);
        for (const auto& names : std::vector<std::vector<std::string>>{
                 {"b"}, {"list", "3"}, {"list", "x"}, {"list", "-1"}, {"n", "0"}, {"list", "2", "deeper"}, {""}})
            EXPECT_EQ(follow(names).error().code(), Errc::not_found) << names.back();
    }
    EXPECT_EQ(follow_path(Codec::raw, {}, std::vector<std::string>{"a"}).error().code(), Errc::unsupported);
}

// This chain of nodes is too deep for any stack.
TEST(DagWalk, DepthIsFree) {
    MemoryBlockstore store;
    Cid cid = store.put(Codec::raw, Bytes{1}).value();
    constexpr std::uint64_t kDepth = 30'000;
    for (std::uint64_t i = 0; i < kDepth; ++i) {
        CborWriter w;
        w.array(1);
        w.link(cid);
        cid = store.put(Codec::dag_cbor, w.view()).value();
    }
    std::uint64_t blocks = 0;
    const auto count = [&](const Cid&, BytesView) -> Status {
        ++blocks;
        return {};
    };
    ASSERT_TRUE(walk_dag(store, cid, count));
    EXPECT_EQ(blocks, kDepth + 1);
    EXPECT_EQ(walk_dag(store, cid, count, {.blocks = kDepth}).error().code(), Errc::too_large);
    EXPECT_EQ(walk_dag(store, cid, count, {.bytes = 100}).error().code(), Errc::too_large);
}

TEST(DagWalk, OpenLinksAreBounded) {
    MemoryBlockstore store;
    CborWriter w;
    w.array(20);
    for (std::uint8_t i = 0; i < 20; ++i) w.link(store.put(Codec::raw, Bytes{i}).value());
    const Cid root = store.put(Codec::dag_cbor, w.view()).value();
    const auto nothing = [](const Cid&, BytesView) -> Status { return {}; };
    EXPECT_TRUE(walk_dag(store, root, nothing, {.pending = 20}));
    EXPECT_EQ(walk_dag(store, root, nothing, {.pending = 19}).error().code(), Errc::too_large);
}

// A block that is lost, damaged or cannot be read ends a walk with its own error; nothing is visited in its place.
TEST(DagWalk, ALostBlockEndsIt) {
    MemoryBlockstore memory;
    const Cid leaf = memory.put(Codec::raw, Bytes{1}).value();
    CborWriter w;
    w.array(2);
    w.link(leaf);
    w.link(Cid::hash_of(Codec::raw, Bytes{2}));
    const Cid root = memory.put(Codec::dag_cbor, w.view()).value();
    std::vector<Cid> visited;
    const auto visit = [&](const Cid& cid, BytesView) -> Status {
        visited.push_back(cid);
        return {};
    };
    EXPECT_EQ(walk_dag(memory, root, visit).error().code(), Errc::missing_block);
    EXPECT_EQ(visited, (std::vector{root, leaf}));

    ASSERT_TRUE(memory.put_block(Cid::hash_of(Codec::raw, Bytes{2}), Bytes{3}));
    EXPECT_EQ(walk_dag(memory, root, visit).error().code(), Errc::verification);
    testing::FailingBlockstore failing(memory);
    failing.fail_read(1, Errc::io);
    EXPECT_EQ(walk_dag(failing, root, visit).error().code(), Errc::io);
    const auto cancel = [](const Cid&, BytesView) -> Status { return Errc::cancelled; };
    EXPECT_EQ(walk_dag(memory, root, cancel).error().code(), Errc::cancelled);
}

// Sector commitments and links that the caller leaves out are not followed; an identity CID carries its block.
TEST(DagWalk, WhatIsNotFollowed) {
    MemoryBlockstore memory;
    // CommR and CommD of a chain that Lotus made; both look like links.
    const Cid sealed = Cid::constant("bagboea4b5abcbwxujtz3ftc36cjab43q3d6pbarbxxlnkde6t2e62ar34jpuovrm");
    const Cid unsealed = Cid::constant("baga6ea4seaqkinihspjp5lesfmkqkewydtsubiycyb2obpcebdjycaukcwaoqlq");
    const Cid inline_block = Cid::constant("bafkqabiaaebagba");
    const Cid left_out = Cid::hash_of(Codec::raw, Bytes{9});
    CborWriter w;
    w.array(5);
    for (const auto& cid : {sealed, unsealed, inline_block, left_out, inline_block}) w.link(cid);
    const Cid root = memory.put(Codec::dag_cbor, w.view()).value();
    std::vector<std::pair<Cid, Bytes>> visited;
    const auto visit = [&](const Cid& cid, BytesView block) -> Status {
        visited.emplace_back(cid, to_bytes(block));
        return {};
    };
    DagLimits limits;
    limits.leave_out = [&](const Cid& cid) { return cid == left_out; };
    ASSERT_TRUE(walk_dag(memory, root, visit, limits));
    ASSERT_EQ(visited.size(), 2U) << "each block once";
    EXPECT_EQ(visited[1], std::pair(inline_block, Bytes{0, 1, 2, 3, 4}));
    EXPECT_TRUE(is_sector_commitment(sealed));
    EXPECT_FALSE(is_sector_commitment(root));
    visited.clear();
    EXPECT_TRUE(walk_dag(memory, sealed, visit));
    EXPECT_TRUE(visited.empty());
}

TEST(DagLinks, MalformedBlocksOfEveryCodec) {
    EXPECT_EQ(links_of(Codec::dag_cbor, Bytes{0x18, 0x01}).error().code(), Errc::malformed);
    EXPECT_EQ(links_of(Codec::dag_cbor, Bytes{}).error().code(), Errc::malformed);
    EXPECT_EQ(links_of(Codec::dag_pb, Bytes{0x12, 0x00}).error().code(), Errc::malformed);
    EXPECT_TRUE(links_of(Codec::dag_pb, Bytes{}).value().empty());
    EXPECT_EQ(follow_path(Codec::dag_cbor, Bytes{0x9f, 0xff}, {}).error().code(), Errc::malformed);
    EXPECT_EQ(follow_path(Codec::dag_json, as_bytes(std::string_view("[1")), {}).error().code(), Errc::malformed);
}

}  // namespace
}  // namespace strata
