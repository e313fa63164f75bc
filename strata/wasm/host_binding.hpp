#pragma once
// Turns a function `Syscall<R> f(Invocation&, arguments...)` into a host function that WASM code can import. Its
// arguments are 32-bit or 64-bit integers. If R is not void, the host function has an argument more: first comes the
// address in the guest's memory that the packed result is written to. It returns an error number, or 0. Source: ref-fvm
// fvm/src/syscalls/linker.rs.
#include <strata/wasm/invocation.hpp>

namespace strata::wasm {

/// A function as it is linked: `params` has 'i' for each 32-bit argument and 'I' for each 64-bit argument.
struct HostFunction {
    std::string_view module;
    std::string_view name;
    std::string_view params;
    wasmtime_func_unchecked_callback_t call = nullptr;
};

/// Writes integers one after another, little-endian and without gaps.
template <std::size_t N>
class Packed {
  public:
    template <class T>
    Packed& put(T value) {
        STRATA_CHECK(at_ + sizeof(T) <= N);
        store_le(bytes_.data() + at_, static_cast<std::make_unsigned_t<T>>(value));
        at_ += sizeof(T);
        return *this;
    }
    const ByteArray<N>& bytes() const {
        STRATA_CHECK(at_ == N);
        return bytes_;
    }

  private:
    ByteArray<N> bytes_{};
    std::size_t at_ = 0;
};

namespace detail {

template <std::size_t N>
ByteArray<N> packed(const ByteArray<N>& bytes) {
    return bytes;
}
template <std::integral T>
ByteArray<sizeof(T)> packed(T value) {
    return Packed<sizeof(T)>().put(value).bytes();
}

template <std::integral T>
T argument(const wasmtime_val_raw_t& raw) {
    if constexpr (sizeof(T) == 4) return static_cast<T>(raw.i32);
    return static_cast<T>(raw.i64);
}

template <class R>
constexpr bool kHasResult = !std::is_void_v<R>;

/// The letters of a function's arguments.
template <class R, class... A>
struct Letters {
    static constexpr std::size_t kCount = sizeof...(A) + (kHasResult<R> ? 1 : 0);
    static constexpr auto make() {
        std::array<char, kCount + 1> out{};  // never empty
        std::size_t at = 0;
        if (kHasResult<R>) out[at++] = 'i';
        ((out[at++] = sizeof(A) == 4 ? 'i' : 'I'), ...);
        return out;
    }
    static constexpr auto kText = make();
    static constexpr std::string_view text() { return {kText.data(), kCount}; }
};

inline wasm_trap_t* finish(Invocation& host, vm::SyscallFailure failure, wasmtime_val_raw_t& result) {
    if (failure.kind == vm::SyscallFailure::Kind::number) {
        result.i32 = static_cast<std::int32_t>(failure.number);
        host.leave();
        return nullptr;
    }
    host.leave();
    return host.end_with(std::move(failure));
}

template <auto F>
struct Bound;

template <class R, class... A, vm::Syscall<R> (*F)(Invocation&, A...)>
struct Bound<F> {
    static constexpr std::string_view kParams = Letters<R, A...>::text();

    // noexcept: an exception cannot cross wasmtime's frames, and none is expected.
    // NOLINTNEXTLINE(bugprone-exception-escape)
    static wasm_trap_t* call(void* /*env*/, wasmtime_caller_t* caller, wasmtime_val_raw_t* raw,
                             std::size_t /*count*/) noexcept {
        Invocation& host = Invocation::of(*caller);
        if (auto paid = host.enter(); !paid) return host.end_with(std::move(paid).error());
        return run(host, raw, std::index_sequence_for<A...>());
    }

  private:
    template <std::size_t... I>
    static wasm_trap_t* run(Invocation& host, wasmtime_val_raw_t* raw, std::index_sequence<I...>) {
        if constexpr (!kHasResult<R>) {
            auto done = F(host, argument<A>(raw[I])...);
            if (!done) return finish(host, std::move(done).error(), raw[0]);
        } else {
            using Bytes = std::remove_cvref_t<decltype(packed(std::declval<R>()))>;
            const auto at = argument<std::uint32_t>(raw[0]);
            const auto space = host.memory().range(at, std::tuple_size_v<Bytes>);
            if (!space) {
                // The reference returns here without giving the guest the gas that remains, so that the instructions
                // up to here are charged once more with the next ones.
                raw[0].i32 = static_cast<std::int32_t>(space.error().number);
                return nullptr;
            }
            auto result = F(host, argument<A>(raw[I + 1])...);
            if (!result) return finish(host, std::move(result).error(), raw[0]);
            std::ranges::copy(packed(*result), space->begin());
        }
        host.leave();
        raw[0].i32 = 0;
        return nullptr;
    }
};

}  // namespace detail

template <auto F>
constexpr HostFunction host_function(std::string_view module, std::string_view name) {
    return {module, name, detail::Bound<F>::kParams, &detail::Bound<F>::call};
}

}  // namespace strata::wasm
