#pragma once
// The second pass over a module: it charges for the instructions of each straight piece of code in front of it, and for
// operators on many bytes by their operand, from a global that the engine sets. Source: docs/protocol/fvm.md §6.4;
// crates fvm-wasm-instrument 0.4.0 (generations 3 and 4) and 0.2.0 (generation 2), src/gas_metering.
#include <strata/wasm/module.hpp>

namespace strata::wasm {

/// The module and the name of the global that holds the gas that is left, in thousandths of a unit; its type is a
/// mutable i64. Generation 2 has the name without its first t.
constexpr std::string_view kGasModule = "gas";
constexpr std::string_view gas_global_name(Generation generation) {
    return generation == Generation::two ? "gas_couner" : "gas_counter";
}

/// The price of an operator in thousandths of a unit of gas.
struct Price {
    std::uint32_t base = 0;
    std::uint32_t unit = 0;  // for each unit of the operand on top of the stack; 0: the price is fixed
    friend bool operator==(const Price&, const Price&) = default;
};
using Prices = std::array<Price, kOperatorCount>;
/// Returns the prices of a generation; operators that it refuses have no meaning there.
const Prices& prices_of(Generation generation);

/// Returns the module with the metering. `module` must be what limit_stack has written, parsed again with
/// SectionOrder::any. Errors: unsupported, malformed (a constant operand of an operator on many bytes is negative),
/// out_of_range (the price of a piece of code does not fit).
Result<Bytes> meter_gas(const Module& module, Generation generation);

}  // namespace strata::wasm
