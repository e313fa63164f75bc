#pragma once
// A method that works on a batch reports how many items succeeded, and the exit code of each that did not.
// Source: docs/protocol/fvm.md §8.1; builtin-actors runtime/src/util/batch_return.rs.
#include <strata/ipld/cbor.hpp>
#include <strata/vm/kernel.hpp>

namespace strata::actors {

using vm::ExitCode;

struct FailCode {
    std::uint32_t index = 0;
    std::uint32_t code = 0;
    STRATA_CBOR_TUPLE(index, code);
};

struct BatchReturn {
    std::uint32_t success_count = 0;
    std::vector<FailCode> fail_codes;
    STRATA_CBOR_TUPLE(success_count, fail_codes);

    void add_success() { ++success_count; }
    void add_fail(ExitCode code) {
        fail_codes.push_back({static_cast<std::uint32_t>(size()), static_cast<std::uint32_t>(code)});
    }
    void add(ExitCode code) { code == ExitCode::ok ? add_success() : add_fail(code); }
    std::size_t size() const { return success_count + fail_codes.size(); }
    bool all_ok() const { return fail_codes.empty(); }
    /// Returns the exit code of each item; ok for those that succeeded.
    std::vector<ExitCode> codes() const {
        std::vector<ExitCode> out(size(), ExitCode::ok);
        for (const auto& [index, code] : fail_codes) out[index] = static_cast<ExitCode>(code);
        return out;
    }
    /// Returns the `items` that succeeded. `items` has size() elements.
    template <class T>
    std::vector<T> successes(const std::vector<T>& items) const {
        const auto outcome = codes();
        std::vector<T> out;
        for (std::size_t i = 0; i < items.size(); ++i)
            if (outcome[i] == ExitCode::ok) out.push_back(items[i]);
        return out;
    }
    /// Returns the outcome after a later step. The items of that step are the successes of this batch.
    BatchReturn then(const BatchReturn& later) const {
        const auto later_codes = later.codes();
        auto next = later_codes.begin();
        BatchReturn out;
        for (const ExitCode code : codes()) out.add(code == ExitCode::ok ? *next++ : code);
        return out;
    }
};

}  // namespace strata::actors
