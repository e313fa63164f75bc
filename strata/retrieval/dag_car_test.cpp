// Expected blocks: ipfs/gateway-conformance, tests/trustless_gateway_car_test.go.
#include <strata/retrieval/dag_car.hpp>

#include <strata/retrieval/dag_path.hpp>
#include <strata/retrieval/test_dags.hpp>
#include <strata/retrieval/test_pieces.hpp>

namespace strata::retrieval {
namespace {

using testing::content;

struct ConformanceDags : ::testing::Test {
    MemoryBlockstore store;

    Result<std::vector<Cid>> car(const Cid& root, const std::vector<std::string>& names, DagScope scope,
                                 std::string_view bytes = {}, bool duplicates = false) {
        STRATA_TRY(auto path, resolve_path(store, root, names));
        CarRequest request{std::move(path.blocks), scope, {}, duplicates};
        if (!bytes.empty()) {
            STRATA_TRY(request.bytes, parse_entity_bytes(bytes));
        }
        STRATA_TRY(auto dag, DagCar::open(store, request, {}));
        return testing::read_all(std::move(dag));
    }
    static std::vector<std::string> text(const Result<std::vector<Cid>>& blocks) {
        std::vector<std::string> out;
        EXPECT_TRUE(blocks) << blocks.error().message();
        if (blocks)
            for (const auto& cid : *blocks) out.push_back(cid.to_string());
        return out;
    }
};

const std::vector<std::string> kMultiblock{
    "bafybeigcisqd7m5nf3qmuvjdbakl5bdnh4ocrmacaqkpuh77qjvggmt2sa",
    "bafkreie5noke3mb7hqxukzcy73nl23k6lxszxi5w3dtmuwz62wnvkpsscm",
    "bafkreih4ephajybraj6wnxsbwjwa77fukurtpl7oj7t7pfq545duhot7cq",
    "bafkreigu7buvm3cfunb35766dn7tmqyh2um62zcio63en2btvxuybgcpue",
    "bafkreicll3huefkc3qnrzeony7zcfo7cr3nbx64hnxrqzsixpceg332fhe",
    "bafkreifst3pqztuvj57lycamoi7z34b4emf7gawxs74nwrc2c7jncmpaqm",
};
constexpr std::string_view kMixed = "bafybeidh6k2vzukelqtrjsmd4p52cpmltd2ufqrdtdg6yigi73in672fwu";
constexpr std::string_view kMixedSubdir = "bafybeicnmple4ehlz3ostv2sbojz3zhh5q7tz5r2qkfdpqfilgggeen7xm";
constexpr std::string_view kAscii = "bafkreifkam6ns4aoolg3wedr4uzrs3kvq66p4pecirz6y2vlrngla62mxm";
constexpr std::string_view kHello = "bafkreifjjcie6lypi6ny7amxnfftagclbuxndqonfipmb64f2km2devei4";

std::vector<std::string> joined(std::vector<std::string> front, std::span<const std::string> back) {
    front.insert(front.end(), back.begin(), back.end());
    return front;
}

TEST_F(ConformanceDags, files_and_directories) {
    const Cid root = testing::put_mixed(store);
    ASSERT_EQ(root.to_string(), kMixed);
    const std::vector<std::string> ascii{std::string(kMixed), std::string(kMixedSubdir), std::string(kAscii)};
    for (const auto scope : {DagScope::block, DagScope::entity, DagScope::all})
        EXPECT_EQ(text(car(root, {"subdir", "ascii.txt"}, scope)), ascii);
    const std::vector<std::string> subdir{std::string(kMixed), std::string(kMixedSubdir)};
    EXPECT_EQ(text(car(root, {"subdir"}, DagScope::block)), subdir);
    EXPECT_EQ(text(car(root, {"subdir"}, DagScope::entity)), subdir);
    EXPECT_EQ(text(car(root, {}, DagScope::entity)), std::vector{std::string(kMixed)});
    EXPECT_EQ(text(car(root, {"subdir"}, DagScope::all)),
              joined(joined(subdir, std::vector{std::string(kAscii), std::string(kHello)}), kMultiblock));
    for (const auto scope : {DagScope::entity, DagScope::all})
        EXPECT_EQ(text(car(root, {"subdir", "multiblock.txt"}, scope)), joined(subdir, kMultiblock));
}

TEST_F(ConformanceDags, bytes_of_a_file) {
    const Cid file = testing::put_multiblock(store).cid;
    ASSERT_EQ(file.to_string(), kMultiblock[0]);
    const auto leaves = [&](std::string_view bytes) {
        auto out = text(car(file, {}, DagScope::entity, bytes));
        EXPECT_EQ(out.at(0), kMultiblock[0]);
        std::string digits;
        for (std::size_t i = 1; i < out.size(); ++i)
            digits += std::to_string(std::ranges::find(kMultiblock, out[i]) - kMultiblock.begin() - 1);
        return digits;
    };
    // The first ten come from the suite; multiblock.txt has 1,026 bytes in leaves of 256.
    EXPECT_EQ(leaves("0:*"), "01234");
    EXPECT_EQ(leaves("512:*"), "234");
    EXPECT_EQ(leaves("512:1023"), "23");
    EXPECT_EQ(leaves("512:-256"), "23");
    EXPECT_EQ(leaves("-5:*"), "34");
    EXPECT_EQ(leaves("-9999:*"), "01234");
    EXPECT_EQ(leaves("-9999:-3"), "0123");
    EXPECT_EQ(leaves("0:0"), "0");
    EXPECT_EQ(leaves("0:1000"), "0123");
    EXPECT_EQ(leaves("0:99999"), "01234");
    // An empty range, or one outside the file, is the same as dag-scope=block (trustless-gateway.md).
    EXPECT_EQ(leaves("0:-9999"), "");
    EXPECT_EQ(leaves("0:-1027"), "");
    EXPECT_EQ(leaves("0:-1026"), "0");
    EXPECT_EQ(leaves("1026:*"), "");
    EXPECT_EQ(leaves("1025:*"), "4");
    EXPECT_EQ(leaves("600:-600"), "");
    EXPECT_EQ(leaves("9223372036854775807:*"), "");
    EXPECT_EQ(leaves("-9223372036854775808:*"), "01234");
    EXPECT_EQ(leaves("-9223372036854775808:-9223372036854775808"), "");
}

// Like file-3k-and-3-blocks-missing-block.car: a block outside the range may be missing.
TEST_F(ConformanceDags, bytes_beside_a_missing_block) {
    std::vector<Cid> leaves;
    const Cid file = testing::put_multiblock(store, &leaves).cid;
    MemoryBlockstore part;
    for (const auto& [cid, block] : store.blocks())
        if (cid != leaves[2]) ASSERT_TRUE(part.put_block(cid, block));
    store = part;
    EXPECT_EQ(text(car(file, {}, DagScope::entity, "0:300")).size(), 3U);
    EXPECT_EQ(text(car(file, {}, DagScope::entity, "800:*")).size(), 3U);
    EXPECT_EQ(car(file, {}, DagScope::entity, "500:600").error().code(), Errc::missing_block);
}

TEST_F(ConformanceDags, sharded_directory) {
    const Cid root = testing::put_hamt(store);
    ASSERT_EQ(root.to_string(), "bafybeidbclfqleg2uojchspzd4bob56dqetqjsj27gy2cq3klkkgxtpn4i");
    // specs.ipfs.tech/unixfs, "Finding 470.txt".
    const std::string shard = "bafybeiaebmuestgbpqhkkbrwl2qtjtvs3whkmp2trkbkimuod4yv7oygni";
    const std::vector<std::string> way{root.to_string(), shard};
    EXPECT_EQ(text(car(root, {"470.txt"}, DagScope::all)), joined(way, kMultiblock));
    EXPECT_EQ(text(car(root, {"470.txt"}, DagScope::block)), joined(way, std::span(kMultiblock).first(1)));
    // The fixture has 243 blocks; all but the file's six are shards.
    for (const std::string_view bytes : {"", "0:*", "5:7"}) {
        const auto shards = text(car(root, {}, DagScope::entity, bytes));
        EXPECT_EQ(shards.size(), 237U);
        EXPECT_EQ(shards[1], shard);
        EXPECT_EQ(std::ranges::count(shards, kMultiblock[0]), 0);
    }
    EXPECT_EQ(text(car(root, {}, DagScope::all)).size(), 243U);
    EXPECT_EQ(car(root, {"1001.txt"}, DagScope::all).error().code(), Errc::not_found);
}

TEST_F(ConformanceDags, links_of_a_document) {
    const Cid root = testing::put_cbor_directory(store);
    ASSERT_EQ(root.to_string(), "bafybeia264q44a3kmfc2otctzu4egp2k235o3t7mslz2yjraymp4nv6asi");
    const Cid document = Cid::constant("bafyreidy4q6mmetut5jzc54ambsfnatbyoujmwbfzyyolqw24majazwgha");
    EXPECT_EQ(text(car(document, {"files", "single"}, DagScope::all)),
              (std::vector{document.to_string(), std::string(kHello)}));
    EXPECT_EQ(text(car(root, {"document"}, DagScope::entity)), (std::vector{root.to_string(), document.to_string()}));
    EXPECT_EQ(text(car(root, {"document"}, DagScope::all)).size(), 9U);
}

TEST_F(ConformanceDags, duplicates) {
    const Cid root = testing::put_duplicates(store);
    ASSERT_EQ(root.to_string(), "bafybeihchr7vmgjaasntayyatmp5sv6xza57iy2h4xj7g46bpjij6yhrmy");
    const std::vector<std::string> once{root.to_string(), std::string(kAscii)};
    const std::vector<std::string> rest = joined({std::string(kHello)}, kMultiblock);
    EXPECT_EQ(text(car(root, {}, DagScope::all)), joined(once, rest));
    EXPECT_EQ(text(car(root, {}, DagScope::all, {}, true)), joined(joined(once, std::span(once).last(1)), rest));
}

// CIDs of documents that other gateways serve (boxo, gateway-conformance). The links of their codecs are not known
// here, or the blocks cannot be decoded; the block itself is sent all the same.
TEST_F(ConformanceDags, roots_of_other_codecs) {
    for (const auto codec : {Codec::cbor, static_cast<Codec>(0x0200), Codec::dag_json, static_cast<Codec>(0x90)}) {
        const Cid root = testing::put(store, codec, as_bytes("{}")).cid;
        for (const auto scope : {DagScope::block, DagScope::entity, DagScope::all})
            EXPECT_EQ(text(car(root, {}, scope)), std::vector{root.to_string()});
    }
    for (const auto codec : {Codec::dag_cbor, Codec::dag_pb, Codec::dag_json}) {
        const Cid root = testing::put(store, codec, Bytes{0xff, 0xff}).cid;
        EXPECT_EQ(text(car(root, {}, DagScope::all)), std::vector{root.to_string()}) << "it cannot be read";
    }
    const auto hello = testing::put_hello_world(store);
    const Cid json =
        testing::put(store, Codec::dag_json, as_bytes("{\"a\":{\"/\":\"" + hello.cid.to_string() + "\"}}")).cid;
    EXPECT_EQ(text(car(json, {}, DagScope::all)), (std::vector{json.to_string(), hello.cid.to_string()}));
    EXPECT_EQ(text(car(json, {"a"}, DagScope::all)), (std::vector{json.to_string(), hello.cid.to_string()}));
}

// An identity CID contains its block, and a gateway must not send it (trustless-gateway.md).
TEST_F(ConformanceDags, identity_blocks_are_not_sent) {
    const Cid root = Cid::constant("bafkqaf3imvwgy3zaneqgc3janfxgy2lomvscay3jmqfa");
    for (const bool duplicates : {false, true}) EXPECT_TRUE(text(car(root, {}, DagScope::all, {}, duplicates)).empty());
}

TEST_F(ConformanceDags, depth_is_free) {
    auto cid = testing::put_hello_world(store).cid;
    constexpr std::size_t kDepth = 3000;
    for (std::size_t i = 0; i < kDepth; ++i) cid = testing::put_directory(store, {{"d", {cid, 0}}}).cid;
    EXPECT_EQ(text(car(cid, {}, DagScope::all)).size(), kDepth + 1);
    EXPECT_EQ(text(car(cid, std::vector<std::string>(kMaxPathNames, "d"), DagScope::block)).size(), kMaxPathNames + 1);
    EXPECT_EQ(car(cid, std::vector<std::string>(kMaxPathNames + 1, "d"), DagScope::block).error().code(),
              Errc::too_large);
}

TEST(EntityBytes, texts) {
    const auto code = [](std::string_view text) {
        const auto parsed = parse_entity_bytes(text);
        return parsed ? Errc::internal : parsed.error().code();
    };
    for (const auto* good : {"0:*", "0:0", "-5:-5", "499:-1000", "-1000:2"})
        EXPECT_EQ(code(good), Errc::internal) << good;
    for (const auto* bad :
         {"", ":", "5", "5:", ":5", "a:b", "9:3", "-1:-2", "*:5", "0:99999999999999999999", "0:5:6", " 0:1"})
        EXPECT_EQ(code(bad), Errc::malformed) << bad;
}

// A directory has one file twice, and a block next to it is missing.
TEST(DagCar, paths_repeats_and_missing_blocks) {
    MemoryBlockstore blocks;
    const Bytes leaf = content(100);
    const Cid file = Cid::v1(Codec::raw, HashCode::sha2_256, crypto::sha256(leaf));
    ASSERT_TRUE(blocks.put_block(file, leaf));
    const auto directory = [&](std::vector<PbLink> links) {
        const Bytes block = encode_dag_pb({Bytes{0x08, 0x01}, std::move(links)});  // UnixFS type 1
        const Cid cid = Cid::v1(Codec::dag_pb, HashCode::sha2_256, crypto::sha256(block));
        EXPECT_TRUE(blocks.put_block(cid, block));
        return cid;
    };
    const Cid inner = directory({{file, "a", 100}, {file, "b", 100}});
    const Cid gone = Cid::v1(Codec::raw, HashCode::sha2_256, crypto::sha256(Bytes{1}));
    const Cid root = directory({{inner, "inner", 200}, {gone, "gone", 1}});
    const auto read = [&](const CarRequest& request) -> Result<std::vector<Cid>> {
        STRATA_TRY(auto dag, DagCar::open(blocks, request, {}));
        std::vector<Cid> out;
        const ByteSource source = [&](std::span<std::uint8_t> to) { return dag.read(to.first(7)); };
        STRATA_OK(stream_car(source, [&](const Cid& cid, BytesView) -> Status {
            out.push_back(cid);
            return {};
        }));
        return out;
    };
    const std::vector<std::string> names{"inner", "b"};
    const auto path = resolve_path(blocks, root, names);
    ASSERT_TRUE(path) << path.error().message();
    EXPECT_EQ(path->blocks, (std::vector{root, inner, file}));
    EXPECT_EQ(read({path->blocks, DagScope::all, {}, false}).value(), path->blocks);
    EXPECT_EQ(read({{root}, DagScope::entity, {}, false}).value(), std::vector{root}) << "a directory alone";
    EXPECT_EQ(read({{inner}, DagScope::all, {}, false}).value(), (std::vector{inner, file}));
    EXPECT_EQ(read({{inner}, DagScope::all, {}, true}).value(), (std::vector{inner, file, file}));
    EXPECT_EQ(read({{root}, DagScope::all, {}, false}).error().code(), Errc::missing_block);
    EXPECT_EQ(resolve_path(blocks, root, std::vector<std::string>{"nobody"}).error().code(), Errc::not_found);
    EXPECT_EQ(resolve_path(blocks, file, std::vector<std::string>{"a"}).error().code(), Errc::not_found);
}

}  // namespace
}  // namespace strata::retrieval
