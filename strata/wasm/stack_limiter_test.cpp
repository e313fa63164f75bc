// Heights and bytes are worked out by hand from fvm-wasm-instrument 0.4.0 src/stack_limiter (max_height.rs, thunk.rs)
// and docs/protocol/fvm.md §6.3. Whole modules of the reference are in instrument_test.cpp.
#include <strata/wasm/stack_limiter.hpp>

#include <gtest/gtest.h>

#include <strata/wasm/parser.hpp>
#include <strata/wasm/test_module.hpp>

namespace strata::wasm {
namespace {

using enum SectionId;

Result<Bytes> limited(const Bytes& module, Generation generation = Generation::four) {
    STRATA_TRY(const auto parsed, parse(module));
    return limit_stack(parsed, generation);
}
Errc error_of(const Bytes& module, Generation generation = Generation::four) {
    const auto out = limited(module, generation);
    return out ? Errc::internal : out.error().code();
}
// Returns the cost of the one function of a module as its thunk has it, behind `global.get 0; i32.const`.
std::int64_t cost_of(const Bytes& module, Generation generation = Generation::four) {
    const auto out = limited(module, generation);
    if (!out) ADD_FAILURE() << out.error().message();
    if (!out) return -1;
    const auto parsed = parse(*out);
    OperatorReader reader(parsed->bodies.back().code);
    Operator op;
    while (reader.next(op))
        if (op.op == Op::i32_const) return op.value;
    return -1;
}
std::int64_t cost_of_code(std::string_view code, Generation generation = Generation::four) {
    return cost_of(module_with(code), generation);
}

TEST(StackLimiter, AnExportGetsAThunk) {
    const Bytes expected = module_of({
        section(type, {"600000"}),
        section(function, {"00", "00"}),
        section(memory, {"0001"}),
        section(global, {"7f 01 41 00 0b"}),
        section(export_, {"016600 01"}),
        section(element, {}),
        code_section(
            {"00 41 01 1a 0b", "00 23 00 41 03 6a 24 00 23 00 41 8010 4b 04 40 00 0b 10 00 23 00 41 03 6b 24 00 0b"}),
    });
    for (const auto generation : {Generation::three, Generation::four})
        EXPECT_EQ(to_hex(limited(module_with("41 01 1a 0b"), generation).value()), to_hex(expected));
}

TEST(StackLimiter, DirectCallsAreGuardedAndIndirectOnesAreNot) {
    const Bytes module =
        module_of({section(type, {"600000"}), section(import, {"0161 0162 00 00"}), section(function, {"00", "00"}),
                   section(table, {"70 00 01"}), code_section({"00 10 00 10 02 41 00 11 00 00 0b", "00 0b"})});
    const auto out = limited(module);
    ASSERT_TRUE(out);
    // The imported function costs nothing; function 2 costs 2.
    EXPECT_EQ(to_hex(code_of(*out)),
              to_hex(hex("02 23 00 10 00"
                         "23 00 41 02 6a 24 00 23 00 41 8010 4b 04 40 00 0b 10 02 23 00 41 02 6b 24 00"
                         "41 00 11 00 00 0b 02 00 0b")));
}

TEST(StackLimiter, Heights) {
    EXPECT_EQ(cost_of_code("0b"), 2);
    EXPECT_EQ(cost_of_code("41 00 41 00 6a 1a 0b"), 4);
    EXPECT_EQ(cost_of_code("00 41 00 41 00 41 00 1a 1a 1a 0b"), 2);  // nothing counts behind `unreachable`
    EXPECT_EQ(cost_of_code("02 40 00 0b 41 00 1a 0b"), 3);           // but behind the end of the block it does
    EXPECT_EQ(cost_of_code("02 7f 41 00 0b 1a 0b"), 3);
    EXPECT_EQ(cost_of_code("41 00 41 00 41 00 1b 1a 0b"), 5);
    EXPECT_EQ(cost_of_code("41 00 41 00 41 00 fc0a 00 00 0b"), 5);
    // After `else` the height stays where the first branch left it.
    EXPECT_EQ(cost_of_code("41 00 04 7f 41 00 05 41 00 0b 1a 0b"), 4);
}

TEST(StackLimiter, LocalsCountAsGroupsOrOneByOne) {
    const Bytes module = module_of({section(type, {"60017f00"}), section(function, {"00"}),
                                    section(export_, {"01660000"}), code_section({"02 05 7f 03 7e 0b"})});
    EXPECT_EQ(cost_of(module, Generation::four), 4);
    EXPECT_EQ(cost_of(module, Generation::three), 4);
    EXPECT_EQ(cost_of(module, Generation::two), 10);
}

// In generation 2 the second byte of memory.copy is `unreachable`.
TEST(StackLimiter, GenerationTwoCountsNothingAfterACopy) {
    constexpr std::string_view code = "41 00 41 00 41 00 fc0a 00 00 41 00 41 00 41 00 41 00 1a 1a 1a 1a 0b";
    EXPECT_EQ(cost_of_code(code, Generation::four), 6);
    EXPECT_EQ(cost_of_code(code, Generation::two), 5);
}

TEST(StackLimiter, StacksThatDoNotFit) {
    EXPECT_EQ(error_of(module_with("02 40 1a 0b 0b")), Errc::malformed);     // drop in an empty block
    EXPECT_EQ(error_of(module_with("1a 1a 1a 0b")), Errc::malformed);        // the two of the frame, and one more
    EXPECT_EQ(error_of(module_with("00 1a 1a 1a 1a 0b")), Errc::internal);   // nothing is missing behind `unreachable`
    EXPECT_EQ(error_of(module_with("0c 01 0b")), Errc::malformed);           // no block 1
    EXPECT_EQ(error_of(module_with("10 05 0b")), Errc::malformed);           // no function 5
    EXPECT_EQ(error_of(module_with("41 00 11 09 00 0b")), Errc::malformed);  // no type 9
    EXPECT_EQ(error_of(module_with("0b 0b")), Errc::malformed);
    EXPECT_EQ(error_of(module_with("02 40 0b")), Errc::malformed);
    EXPECT_EQ(error_of(module_with("02 7f 41 00 0e 01 00 01 0b 1a 0b")), Errc::malformed);  // labels of different arity
    EXPECT_EQ(error_of(module_with("41 00 41 00 41 00 fc08 00 00 0b")), Errc::malformed);   // no data count
    EXPECT_EQ(error_of(module_with("fd 00 0b")), Errc::unsupported);
}

TEST(StackLimiter, ReferencesAreRefused) {
    for (const char* code : {"d0 70 1a 0b", "d2 00 1a 0b", "41 00 41 00 41 00 1c 01 7f 1a 0b"})
        for (const auto generation : kGenerations) EXPECT_NE(error_of(module_with(code), generation), Errc::internal);
    EXPECT_EQ(error_of(module_of({section(type, {"60017000"})}), Generation::two), Errc::unsupported);
}

TEST(StackLimiter, AModuleWithoutFunctions) {
    const Bytes empty = hex("0061736d01000000");
    EXPECT_EQ(error_of(empty, Generation::four), Errc::unsupported);
    EXPECT_EQ(error_of(empty, Generation::three), Errc::unsupported);
    EXPECT_EQ(to_hex(limited(empty, Generation::two).value()),
              to_hex(module_of({section(global, {"7f 01 41 00 0b"})})));
}

// The reference refuses a module without that section, but an empty one will do.
TEST(StackLimiter, AnEmptySectionOfFunctions) {
    const Bytes module = module_of({section(function, {})});
    EXPECT_EQ(to_hex(limited(module).value()),
              to_hex(module_of({section(function, {}), section(global, {"7f 01 41 00 0b"}), section(export_, {}),
                                section(element, {}), code_section({})})));
    EXPECT_EQ(error_of(module_of({code_section({})})), Errc::unsupported);
}

TEST(StackLimiter, ThunksHaveTheFirstEqualType) {
    const Bytes module =
        module_of({section(type, {"60017f00", "60017e00", "60017f00", "60017e00"}), section(function, {"03", "02"}),
                   section(export_, {"01660000", "01670001"}), code_section({"00 0b", "00 0b"})});
    for (const auto generation : kGenerations) {
        const Bytes out = limited(module, generation).value();
        EXPECT_EQ(parse(out)->functions, (std::vector<std::uint32_t>{3, 2, 1, 0}));
    }
}

// A few bytes name thousands of functions with a thousand parameters each.
TEST(StackLimiter, ThunksAreLimited) {
    constexpr std::uint32_t kFunctions = 60'000;
    Bytes types = hex("01 60 e807");
    types.insert(types.end(), 1000, 0x7f);
    types.push_back(0);
    const auto framed = [](SectionId id, const Bytes& content) {
        Bytes out{static_cast<std::uint8_t>(id)};
        put_uvarint(out, content.size());
        append(out, content);
        return out;
    };
    Bytes functions = uvarint(kFunctions);
    functions.insert(functions.end(), kFunctions, 0);
    Bytes code = uvarint(kFunctions);
    Bytes items = hex("01 00 41 00 0b");
    put_uvarint(items, kFunctions);
    for (std::uint32_t i = 0; i < kFunctions; ++i) {
        append(code, hex("02 00 0b"));
        put_uvarint(items, i);
    }
    const Bytes module = module_of({framed(type, types), framed(function, functions), section(table, {"70 00 01"}),
                                    framed(element, items), framed(SectionId::code, code)});
    EXPECT_EQ(error_of(module), Errc::too_large);
}

}  // namespace
}  // namespace strata::wasm
