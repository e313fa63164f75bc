// Compares traces with those of Lotus 1.36.2 (vectors/lotus-devnet): with the official actors all calls and all gas
// charges, with native actors all calls. The counts are those of the files.
#include <strata/conformance/lotus_traces.hpp>

#include <gtest/gtest.h>

#include <cstdlib>

#include <strata/testing/vectors.hpp>
#include <strata/wasm/actor_table.hpp>

namespace strata::conformance {
namespace {

namespace fs = std::filesystem;

class LotusTraces : public ::testing::Test {
  protected:
    void SetUp() override {
        for (const char* name : {"real", "long"}) {
            const auto found = testing::find_vectors(std::string("lotus-devnet/") + name + "/traces.jsonl");
            if (!found) GTEST_SKIP() << testing::skip_reason("lotus-devnet/long/traces.jsonl");
            (std::string_view(name) == "real" ? real_ : long_) = *found;
        }
    }
    static TraceCheck check(const fs::path& file, const vm::ActorTable* official) {
        const auto result = check_traces(VectorFile(file), official);
        EXPECT_TRUE(result) << result.error().message();
        if (!result) return {};
        for (const auto& error : result->errors) ADD_FAILURE() << error;
        return *result;
    }
    fs::path real_, long_;
};

TEST_F(LotusTraces, TheOfficialActorsMakeTheSameCallsAndCharges) {
    const char* bundles = std::getenv("STRATA_BUNDLES");
    if (bundles == nullptr)
        GTEST_SKIP() << "STRATA_BUNDLES names no folder with the bundles of the official actors "
                        "(v18/builtin-actors-devnet.car)";
    const auto official = wasm::open_wasm_actors(fs::path(bundles) / "v18/builtin-actors-devnet.car", {});
    ASSERT_TRUE(official) << official.error().message();
    const auto real = check(real_, official->get());
    EXPECT_EQ(real.tipsets, 205U);
    const auto all = check(long_, official->get());
    EXPECT_EQ(all.tipsets, 1391U);
    EXPECT_EQ(all.messages, 2909U);
}

TEST_F(LotusTraces, NativeActorsMakeTheSameCalls) {
    EXPECT_EQ(check(real_, nullptr).tipsets, 204U);
    EXPECT_EQ(check(long_, nullptr).tipsets, 1390U);
}

}  // namespace
}  // namespace strata::conformance
