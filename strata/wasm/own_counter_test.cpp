#include <gtest/gtest.h>

#include <strata/wasm/instrument.hpp>
#include <strata/wasm/own_counter.hpp>
#include <strata/wasm/parser.hpp>
#include <strata/wasm/test_module.hpp>

namespace strata::wasm {
namespace {

class OwnCounterTest : public ::testing::TestWithParam<Generation> {};

TEST_P(OwnCounterTest, TheCodeStaysTheSame) {
    const Bytes metered = instrument(module_with("4100 1a 0b"), GetParam()).value();
    const auto before = parse(metered, SectionOrder::any).value();
    ASSERT_TRUE(can_own_counter(before));
    const Bytes own = with_own_counter(before);
    const auto after = parse(own, SectionOrder::any).value();
    EXPECT_EQ(code_of(own), code_of(metered));
    EXPECT_EQ(after.imports.size(), before.imports.size() - 1);
    EXPECT_EQ(after.imported_globals, 0U);
    ASSERT_EQ(after.global_types.size(), before.global_types.size());
    EXPECT_EQ(after.global_types[0].type, ValueType::i64);
    EXPECT_TRUE(after.global_types[0].is_mutable);
    EXPECT_EQ(after.exports.back().name, kOwnCounter);
    EXPECT_FALSE(can_own_counter(after));
}
INSTANTIATE_TEST_SUITE_P(All, OwnCounterTest, ::testing::ValuesIn(kGenerations));

TEST(OwnCounter, AStartFunctionNeedsTheCounterBeforeTheInstanceIsMade) {
    const Bytes module = module_of({section(SectionId::type, {"600000"}), section(SectionId::function, {"00"}),
                                    section(SectionId::export_, {"01660000"}), hex("08 01 00"),
                                    code_section({"00 0b"})});
    const Bytes metered = instrument(module, Generation::four).value();
    EXPECT_FALSE(can_own_counter(parse(metered, SectionOrder::any).value()));
}

}  // namespace
}  // namespace strata::wasm
