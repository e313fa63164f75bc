// Bytes are worked out by hand from fvm-wasm-instrument 0.4.0 src/gas_metering/mod.rs and docs/protocol/fvm.md §6.4;
// prices are those of ref-fvm fvm/src/gas/price_list.rs. Whole modules of the reference are in instrument_test.cpp.
#include <strata/wasm/gas_metering.hpp>

#include <gtest/gtest.h>

#include <strata/wasm/encoder.hpp>
#include <strata/wasm/parser.hpp>
#include <strata/wasm/test_module.hpp>

namespace strata::wasm {
namespace {

using enum SectionId;

Result<Bytes> metered(const Bytes& module, Generation generation = Generation::four) {
    STRATA_TRY(const auto parsed, parse(module, SectionOrder::any));
    return meter_gas(parsed, generation);
}
Errc error_of(const Bytes& module, Generation generation = Generation::four) {
    const auto out = metered(module, generation);
    return out ? Errc::internal : out.error().code();
}
// Returns the body of the one function () -> () of a module that has this code.
std::string body(std::string_view code, Generation generation = Generation::four) {
    const auto out = metered(module_with(code), generation);
    if (!out) return out.error().message();
    const auto parsed = parse(*out);
    const FunctionBody& first = parsed->bodies.front();
    return to_hex(first.local_bytes) + "|" + to_hex(first.code);
}
std::string plain(std::string_view digits) {
    return "|" + to_hex(hex(digits));
}
/// `i64.const` of a number of instructions at 4000 each, and the call of function 1.
std::string charge(std::int64_t instructions) {
    Bytes out;
    put_const(out, Op::i64_const, instructions * 4000);
    put_op(out, Op::call, 1);
    return to_hex(out);
}

TEST(GasMetering, Prices) {
    for (const auto generation : kGenerations) {
        const Prices& prices = prices_of(generation);
        const auto price = [&](Op op) { return prices[static_cast<std::size_t>(op)]; };
        for (const Op op : {Op::nop, Op::block, Op::loop, Op::unreachable, Op::return_, Op::else_, Op::end, Op::drop})
            EXPECT_EQ(price(op), (Price{0, 0}));
        for (const Op op : {Op::br, Op::br_if, Op::br_table, Op::if_, Op::call, Op::call_indirect, Op::i32_const,
                            Op::select, Op::local_get, Op::global_set, Op::memory_size, Op::i64_extend_i32_u})
            EXPECT_EQ(price(op), (Price{4000, 0}));
    }
    const auto price = [](Op op) { return prices_of(Generation::four)[static_cast<std::size_t>(op)]; };
    EXPECT_EQ(price(Op::memory_grow), (Price{4000, 26'214'400}));
    for (const Op op : {Op::memory_copy, Op::memory_fill, Op::memory_init}) EXPECT_EQ(price(op), (Price{4000, 400}));
    for (const Op op : {Op::table_init, Op::table_copy, Op::table_fill, Op::table_grow})
        EXPECT_EQ(price(op), (Price{4000, 3200}));
    for (const Op op : {Op::table_get, Op::table_set, Op::table_size, Op::data_drop, Op::elem_drop})
        EXPECT_EQ(price(op), (Price{4000, 0}));
    EXPECT_EQ(prices_of(Generation::two)[static_cast<std::size_t>(Op::memory_grow)], (Price{4000, 0}));
}

TEST(GasMetering, TheGasFunctionAndItsImport) {
    const Bytes out = metered(module_with("0b")).value();
    const Bytes expected = module_of({
        section(type, {"600000", "60017e00"}),
        section(import, {"03 676173 0b 6761735f636f756e746572 03 7e 01"}),
        section(function, {"00", "01"}),
        section(memory, {"0001"}),
        section(export_, {"01660000"}),
        code_section({"00 0b", "00 23 00 20 00 7d 24 00 23 00 42 00 53 04 40 00 0b 0b"}),
    });
    EXPECT_EQ(to_hex(out), to_hex(expected));
    const Bytes old = metered(module_with("0b"), Generation::two).value();
    EXPECT_EQ(parse(old)->imports[0].name, "gas_couner");
}

TEST(GasMetering, AFoundTypeIsTaken) {
    const Bytes module = module_of(
        {section(type, {"600000", "60017e00", "60017e00"}), section(function, {"00"}), code_section({"00 0b"})});
    const Bytes out = metered(module).value();
    EXPECT_EQ(parse(out)->types.size(), 3U);
    EXPECT_EQ(parse(out)->functions, (std::vector<std::uint32_t>{0, 1}));
}

TEST(GasMetering, PiecesOfCode) {
    EXPECT_EQ(body("41 00 1a 0b"), plain(charge(1) + "41001a0b"));
    // A block goes on with the piece around it.
    EXPECT_EQ(body("41 00 1a 02 40 41 00 1a 0b 41 00 1a 0b"), plain(charge(3) + "41001a 0240 41001a 0b 41001a 0b"));
    // A loop has pieces of its own, and what follows it belongs to the piece before it.
    EXPECT_EQ(body("41 00 1a 03 40 41 00 1a 0b 41 00 1a 0b"),
              plain(charge(2) + "41001a 0340" + charge(1) + "41001a 0b 41001a 0b"));
    EXPECT_EQ(body("41 00 04 40 01 05 41 00 1a 0b 0b"),
              plain(charge(2) + "4100 0440 01 05" + charge(1) + "41001a 0b 0b"));
    // A branch ends a piece, and so does the end of the block that it leaves.
    EXPECT_EQ(body("02 40 41 00 0d 00 41 00 1a 0b 41 00 1a 0b"),
              plain(charge(3) + "0240 4100 0d00" + charge(1) + "41001a 0b 41001a 0b"));
    EXPECT_EQ(body("02 40 02 40 41 00 0d 01 0b 41 00 1a 0b 41 00 1a 0b"),
              plain(charge(3) + "0240 0240 4100 0d01 0b" + charge(1) + "41001a 0b 41001a 0b"));
}

// Generations 3 and 4 look at all labels of a br_table but the default.
TEST(GasMetering, TheDefaultLabelCountsInGenerationTwoOnly) {
    constexpr std::string_view digits = "02 40 02 40 41 00 0e 01 00 01 0b 41 00 1a 0b 41 00 1a 0b";
    EXPECT_EQ(body(digits, Generation::four), plain(charge(4) + "0240 0240 4100 0e010001 0b 41001a 0b 41001a 0b"));
    EXPECT_EQ(body(digits, Generation::two),
              plain(charge(3) + "0240 0240 4100 0e010001 0b" + charge(1) + "41001a 0b 41001a 0b"));
}

TEST(GasMetering, GrowingByAConstant) {
    Bytes out;
    put_const(out, Op::i64_const, 2 * 4000 + 10LL * 26'214'400);
    EXPECT_EQ(body("41 0a 40 00 1a 0b"), plain(to_hex(out) + "1001 410a 4000 1a 0b"));
    EXPECT_EQ(body("41 0a 40 00 1a 0b", Generation::two), plain(charge(2) + "410a 4000 1a 0b"));
    EXPECT_EQ(error_of(module_with("41 76 40 00 1a 0b")), Errc::malformed);  // -10
    EXPECT_EQ(error_of(module_with("41 76 40 00 1a 0b"), Generation::two), Errc::internal);
}

TEST(GasMetering, GrowingByAnOperand) {
    // The operand goes through a new local behind the parameters and the other locals.
    EXPECT_EQ(body("41 05 41 05 6a 40 00 1a 0b"),
              "017f" + plain(charge(4) + "4105 4105 6a 2200 2000 ad 4280 80 c0 0c 7e 1001 4000 1a 0b"));
}

TEST(GasMetering, GlobalsMoveUp) {
    const Bytes module =
        module_of({section(type, {"600000"}), section(import, {"0161 0162 03 7f 00"}), section(function, {"00"}),
                   section(global, {"7f 01 41 00 0b"}), section(export_, {"0161 03 00", "0162 03 01"}),
                   code_section({"00 23 00 24 01 0b"})});
    const auto parsed = metered(module).value();
    const Module m = parse(parsed).value();
    // All numbers in code move, also that of the import before the gas counter; exports do not.
    EXPECT_EQ(to_hex(m.bodies[0].code), to_hex(hex("42 c03e 10 01 23 01 24 02 0b")));
    EXPECT_EQ(m.exports[0].index, 0U);
    EXPECT_EQ(m.exports[1].index, 1U);
    EXPECT_EQ(error_of(module, Generation::two), Errc::unsupported);
    // In generation 2 only those behind the gas counter move, in code and exports.
    const Bytes of_gas =
        module_of({section(type, {"600000"}), section(import, {"03676173 0162 03 7f 00"}), section(function, {"00"}),
                   section(global, {"7f 01 41 00 0b"}), section(export_, {"0161 03 00", "0162 03 01"}),
                   code_section({"00 23 00 24 01 0b"})});
    const auto old = metered(of_gas, Generation::two).value();
    const Module o = parse(old).value();
    EXPECT_EQ(to_hex(o.bodies[0].code), to_hex(hex("42 c03e 10 01 23 00 24 02 0b")));
    EXPECT_EQ(o.exports[0].index, 0U);
    EXPECT_EQ(o.exports[1].index, 2U);
}

TEST(GasMetering, WhatIsRefused) {
    const Bytes own_counter =
        module_of({section(type, {"600000"}), section(import, {"03 676173 0b 6761735f636f756e746572 03 7e 01"}),
                   section(function, {"00"}), code_section({"00 0b"})});
    EXPECT_EQ(error_of(own_counter), Errc::unsupported);
    const auto with_offset = [](SectionId id, std::string_view entry) {
        const Bytes functions = code_section({"00 0b"});
        const Bytes segments = section(id, {entry});
        const Bytes imports = section(import, {"03676173 0161 03 7f 00"});
        const Bytes head = module_of({section(type, {"600000"}), imports, section(function, {"00"}),
                                      section(table, {"70 00 01"}), section(memory, {"0001"})});
        Bytes out = head;
        append(out, id == element ? segments : functions);
        append(out, id == element ? functions : segments);
        return out;
    };
    EXPECT_EQ(error_of(with_offset(data, "00 23 00 0b 00")), Errc::unsupported);
    EXPECT_EQ(error_of(with_offset(data, "00 23 00 0b 00"), Generation::two), Errc::unsupported);
    EXPECT_EQ(error_of(with_offset(element, "00 23 00 0b 00")), Errc::internal);
    EXPECT_EQ(error_of(with_offset(element, "00 23 00 0b 00"), Generation::two), Errc::unsupported);
}

}  // namespace
}  // namespace strata::wasm
