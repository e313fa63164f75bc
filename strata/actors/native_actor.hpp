#pragma once
// A built-in actor is a table of methods. `method<&f>(number)` makes an entry of the table from a function
//     ActorResult<R> f(Runtime&)   or   ActorResult<R> f(Runtime&, const P&)
// where R is void or a CBOR type, and P is a CBOR type. If P is a std::optional, the parameters may be missing.
// The rules of dispatch are in docs/protocol/fvm.md §8.1.
#include <strata/actors/code_costs.hpp>
#include <strata/actors/runtime.hpp>
#include <strata/vm/kernel.hpp>

namespace strata::actors {

/// Empty if the method returns no block.
using ReturnData = std::optional<Payload>;
using Handler = ActorResult<ReturnData> (*)(Runtime&, const std::optional<Payload>& params);

struct Method {
    MethodNumber number;
    Handler handler;
};

namespace detail {

template <class R>
ActorResult<ReturnData> returned(ActorResult<R> result) {
    if (!result) return std::move(result).error();
    if constexpr (std::is_void_v<R>) {
        return ReturnData{};
    } else {
        return ReturnData(Payload{Codec::cbor, to_cbor(*result)});
    }
}

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

template <auto F>
struct Adapt;
template <class R, ActorResult<R> (*F)(Runtime&)>
struct Adapt<F> {
    static ActorResult<ReturnData> run(Runtime& rt, const std::optional<Payload>& params) {
        if (params)
            return illegal_argument("the message has parameters of " + std::to_string(params->data.size()) +
                                    " bytes, but the method takes none");
        return returned<R>(F(rt));
    }
};
template <class R, class P, ActorResult<R> (*F)(Runtime&, const P&)>
struct Adapt<F> {
    static ActorResult<ReturnData> run(Runtime& rt, const std::optional<Payload>& params) {
        if (!params) {
            if constexpr (is_optional<P>) return returned<R>(F(rt, P{}));
            return illegal_argument("the message has no parameters, but the method needs them");
        }
        auto typed = decoded_block<P>(params->codec, params->data);
        if (!typed)
            return abort(ExitCode::serialization, "the parameters cannot be decoded: " + typed.error().message());
        return returned<R>(F(rt, *typed));
    }
};

}  // namespace detail

template <auto F>
constexpr Method method(MethodNumber number) {
    return {number, &detail::Adapt<F>::run};
}

class NativeActor final : public vm::ActorCode {
  public:
    /// How the actor answers a method number that is not in its table. accept_exported: a number of at least 2^24
    /// succeeds without data; every other number is refused.
    enum class Unknown { refuse, accept_exported };
    /// Who may call method numbers below 2^24. restricted: built-in actors only; open: every actor.
    enum class Internal { restricted, open };

    /// `methods` and `costs` (static tables) and `policy` must outlive the actor. `any_other`, if it is not null, answers
    /// every method number that is not in the table; `unknown` does not matter then.
    NativeActor(const Policy& policy, std::span<const Method> methods, Unknown unknown = Unknown::refuse,
                Internal internal = Internal::restricted, Handler any_other = nullptr,
                std::span<const CodeCost> costs = {})
        : policy_(policy),
          methods_(methods),
          unknown_(unknown),
          internal_(internal),
          any_other_(any_other),
          costs_(costs) {}
    vm::Syscall<vm::ActorExit> invoke(vm::Kernel& bare, vm::BlockId params_id) const override;

  private:
    ActorResult<ReturnData> dispatch(Runtime& rt, const std::optional<Payload>& params) const;
    const Policy& policy_;
    std::span<const Method> methods_;
    Unknown unknown_;
    Internal internal_;
    Handler any_other_;
    std::span<const CodeCost> costs_;
};

/// The first number of exported methods. The number of an exported method is a hash of its name (FRC-42).
inline constexpr MethodNumber kFirstExportedMethod = 1U << 24;

}  // namespace strata::actors
