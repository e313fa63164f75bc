// Vectors `wasm-instrument`: modules of our own and the official actors, as the reference's crates instrument them. The
// bundles are not in the vectors; STRATA_BUNDLES names the folder of the official releases
// (v18/builtin-actors-mainnet.car).
#include <strata/wasm/instrument.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>
#include <random>

#include <strata/crypto/hash.hpp>
#include <strata/ipld/car.hpp>
#include <strata/testing/vectors.hpp>
#include <strata/wasm/parser.hpp>
#include <strata/wasm/test_module.hpp>

namespace strata::wasm {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

json read_json(const fs::path& path) {
    return json::parse(testing::read_file(path));
}
std::string name_of(Generation generation) {
    return "generation_" + std::to_string(static_cast<int>(generation));
}

TEST(InstrumentVectors, Modules) {
    const auto path = testing::find_vectors("wasm-instrument/modules.json");
    if (!path) GTEST_SKIP() << testing::skip_reason("wasm-instrument/modules.json");
    std::size_t accepted = 0;
    std::size_t refused = 0;
    for (const json& row : read_json(*path)) {
        const Bytes module = from_hex(row.at("wasm").get<std::string>()).value();
        for (const auto generation : kGenerations) {
            SCOPED_TRACE(row.at("module").get<std::string>() + ", " + name_of(generation));
            const json& expected = row.at(name_of(generation));
            const auto limited = instrument_stack(module, generation);
            const auto metered = instrument(module, generation);
            if (expected.contains("error")) {
                EXPECT_FALSE(metered) << "the reference says: " << expected.at("error");
                ++refused;
                continue;
            }
            ASSERT_TRUE(metered) << metered.error().message();
            EXPECT_EQ(to_hex(*limited), expected.at("stack_limited").get<std::string>());
            EXPECT_EQ(to_hex(*metered), expected.at("instrumented").get<std::string>());
            ++accepted;
        }
    }
    EXPECT_EQ(accepted, 36U);
    EXPECT_EQ(refused, 9U);
}

struct Bundle {
    const char* version;
    std::size_t actors;
};

class InstrumentBundles : public ::testing::TestWithParam<Bundle> {};

/// Returns the blocks of a bundle by the text of their CIDs, without the manifest.
std::map<std::string, Bytes> code_in(const fs::path& car) {
    std::map<std::string, Bytes> out;
    const std::string bytes = testing::read_file(car);
    EXPECT_TRUE(read_car(as_bytes(bytes), [&](const Cid& cid, BytesView block) -> Status {
        out.emplace(cid.to_string(), to_bytes(block));
        return {};
    }));
    return out;
}
void expect_same(const Result<Bytes>& got, const json& expected) {
    ASSERT_TRUE(got) << got.error().message();
    EXPECT_EQ(got->size(), expected.at("size").get<std::size_t>());
    EXPECT_EQ(to_hex(crypto::sha256(*got)), expected.at("sha256").get<std::string>());
}

TEST_P(InstrumentBundles, EveryActor) {
    const std::string version = GetParam().version;
    const std::string vectors = "wasm-instrument/bundle-" + version + ".json";
    const auto path = testing::find_vectors(vectors);
    if (!path) GTEST_SKIP() << testing::skip_reason(vectors);
    const char* bundles = std::getenv("STRATA_BUNDLES");
    const fs::path car = fs::path(bundles == nullptr ? "" : bundles) / version / "builtin-actors-mainnet.car";
    if (bundles == nullptr || !fs::exists(car))
        GTEST_SKIP() << version
                     << "/builtin-actors-mainnet.car is missing; to run this test, set STRATA_BUNDLES to the "
                     << "folder of the official actor bundles";
    const auto code = code_in(car);
    std::size_t actors = 0;
    for (const json& row : read_json(*path).at("actors")) {
        SCOPED_TRACE(row.at("actor").get<std::string>());
        const auto generation = static_cast<Generation>(row.at("generation").get<int>());
        const auto module = code.find(row.at("code").get<std::string>());
        ASSERT_NE(module, code.end()) << "the bundle does not have this actor";
        EXPECT_EQ(to_hex(crypto::sha256(module->second)), row.at("sha256").get<std::string>());
        expect_same(instrument_stack(module->second, generation), row.at("stack_limited"));
        expect_same(instrument(module->second, generation), row.at("instrumented"));
        ++actors;
    }
    EXPECT_EQ(actors, GetParam().actors);
}
INSTANTIATE_TEST_SUITE_P(Official, InstrumentBundles,
                         ::testing::Values(Bundle{"v9", 12}, Bundle{"v10", 16}, Bundle{"v18", 16}),
                         [](const auto& info) { return std::string(info.param.version); });

// Whatever comes in, it is refused with an error that is not fatal, or it comes out as a module.
void try_all(const Bytes& module) {
    for (const auto generation : kGenerations) {
        const auto out = instrument(module, generation);
        if (!out) {
            EXPECT_FALSE(out.error().is_fatal()) << out.error().message();
            EXPECT_NE(out.error().message(), errc_name(out.error().code())) << "the refusal does not say why";
            continue;
        }
        const auto again = parse(*out);
        EXPECT_TRUE(again || again.error().code() == Errc::too_large) << again.error().message();
    }
}

std::vector<Bytes> samples() {
    std::vector<Bytes> out;
    if (const auto path = testing::find_vectors("wasm-instrument/modules.json"))
        for (const json& row : read_json(*path)) out.push_back(from_hex(row.at("wasm").get<std::string>()).value());
    out.push_back(module_with("02 40 41 00 0d 00 0b 0b"));
    return out;
}

TEST(InstrumentHostile, EveryTruncation) {
    for (const Bytes& module : samples())
        for (std::size_t size = 0; size < module.size(); ++size)
            try_all(Bytes(module.begin(), module.begin() + static_cast<std::ptrdiff_t>(size)));
}

TEST(InstrumentHostile, ChangedBytes) {
    std::mt19937_64 random(20261129);
    for (const Bytes& module : samples())
        for (int i = 0; i < 1000; ++i) {
            Bytes changed = module;
            for (auto count = random() % 3 + 1; count > 0; --count)
                changed[8 + random() % (changed.size() - 8)] = static_cast<std::uint8_t>(random());
            try_all(changed);
        }
}

TEST(InstrumentHostile, RandomBytes) {
    std::mt19937_64 random(7);
    for (int i = 0; i < 3000; ++i) {
        Bytes bytes = hex("0061736d01000000");
        for (auto size = random() % 200; size > 0; --size) bytes.push_back(static_cast<std::uint8_t>(random()));
        try_all(bytes);
    }
}

// A million blocks in one another take memory, but no stack.
TEST(InstrumentHostile, DeepNesting) {
    constexpr std::size_t kDepth = 1'000'000;
    for (const std::string_view opening : {"0240", "0340", "41000440"}) {
        std::string code;
        for (std::size_t i = 0; i < kDepth; ++i) code += opening;
        code += "41000d00";
        for (std::size_t i = 0; i <= kDepth; ++i) code += "0b";
        try_all(module_with(code));
        EXPECT_TRUE(instrument(module_with(code), Generation::four));
    }
}

TEST(InstrumentHostile, ManyLabels) {
    std::string code = "0240 4100 0e 808008";
    for (int i = 0; i <= 131'072; ++i) code += "00";
    code += "0b 0b";
    EXPECT_TRUE(instrument(module_with(code), Generation::four));
}

TEST(InstrumentHostile, TooLong) {
    Bytes module = hex("0061736d01000000");
    module.resize(kMaxModuleBytes + 1);
    const auto out = instrument(module, Generation::four);
    ASSERT_FALSE(out);
    EXPECT_EQ(out.error().code(), Errc::too_large);
}

}  // namespace
}  // namespace strata::wasm
