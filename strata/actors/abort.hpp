#pragma once
// How a method of an actor ends early. An Abort with an exit code is consensus data. The other kinds come from the VM
// and unwind the whole message (vm/kernel.hpp): an actor passes them on unchanged.
#include <strata/vm/kernel.hpp>

namespace strata::actors {

using vm::ActorType;
using vm::ExitCode;

struct [[nodiscard]] Abort {
    enum class Kind { exit, out_of_gas, fatal, broken };
    Kind kind = Kind::exit;
    ExitCode code{};
    std::string message;
    Bytes data;                  // CBOR attached to the exit; usually empty
    std::optional<Error> error;  // set for Kind::broken
};

inline Abort abort(ExitCode code, std::string message) {
    return {Abort::Kind::exit, code, std::move(message), {}, {}};
}
/// Returns the Abort that passes on a failure which no actor handles, that is, any but an error number.
Abort unwind(const vm::SyscallFailure& failure);
inline Abort illegal_argument(std::string message) {
    return abort(ExitCode::illegal_argument, std::move(message));
}
inline Abort illegal_state(std::string message) {
    return abort(ExitCode::illegal_state, std::move(message));
}
inline Abort forbidden(std::string message) {
    return abort(ExitCode::forbidden, std::move(message));
}
inline Abort not_found(std::string message) {
    return abort(ExitCode::not_found, std::move(message));
}
inline Abort insufficient_funds(std::string message) {
    return abort(ExitCode::insufficient_funds, std::move(message));
}

/// Works with STRATA_TRY and STRATA_OK as Result does.
template <class T>
class [[nodiscard]] ActorResult : public std::expected<T, Abort> {
  public:
    using Base = std::expected<T, Abort>;
    using Base::Base;
    ActorResult(Abort failure) : Base(std::unexpect, std::move(failure)) {}
};

using Done = ActorResult<void>;

}  // namespace strata::actors
