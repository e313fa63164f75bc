#pragma once
// Compares what happens in the messages of a recorded chain with the traces that Lotus took of it
// (vectors/lotus-devnet/*/traces.jsonl: the answers of StateCompute).
#include <filesystem>

#include <strata/conformance/suite.hpp>

namespace strata::vm {
class ActorTable;
}

namespace strata::conformance {

struct TraceCheck {
    std::size_t tipsets = 0;
    std::size_t messages = 0;  // implicit ones included
    std::size_t calls = 0;     // nested ones included
    std::size_t charges = 0;   // 0 with native actors
    std::vector<std::string> errors;
};

/// Executes the tipsets that `traces` names, of the chain in the same folder, and compares every call: sender,
/// receiver, value, method, parameters, result, the actor that was met. `official` has the official actors; then every
/// gas charge and gas limit must be equal too, and what the gas costs. Null: native actors, which take the gas of
/// messages from the record; the head is then left out, since no record has its gas. Ends after the first error of each
/// tipset. Errors: those of ChainSource; malformed.
Result<TraceCheck> check_traces(const VectorFile& traces, const vm::ActorTable* official);

/// The suite of such files, with native actors. The official ones are compared in lotus_traces_test.cpp, because they
/// come from outside.
const Suite& lotus_traces();

}  // namespace strata::conformance
