#pragma once
// Defines errors that cannot be ignored. Every fallible function of layers 0 to 6 returns `Result<T>`. A message that
// fails on chain is not an Error: it is an exit code inside a successful result (vm/kernel.hpp).
#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace strata {

enum class Errc : std::uint16_t {
    invalid_argument,  // the caller passed something outside the documented range
    truncated,         // input ended inside an item
    trailing,          // input continues after the item
    malformed,         // input breaks its format
    non_canonical,     // a different encoding of a value that has exactly one
    too_large,         // above a documented limit
    out_of_range,      // a number that does not fit into its type
    not_found,         // a lookup found nothing (a lost block is missing_block)
    missing_block,     // a block that must be in the store is missing: this node cannot continue
    verification,      // a signature, proof, hash or rule check failed
    unsupported,       // valid, but not implemented here
    io,                // the operating system refused
    no_space,          // the disk is full; the same call may succeed once there is space
    cancelled,         // the caller asked to stop
    busy,              // a lock, port or queue is taken
    internal,          // a state that must not occur
};

std::string_view errc_name(Errc code);

/// An error code with an optional sentence for people. It has 16 bytes, and allocates only if it has a sentence.
class [[nodiscard]] Error {
  public:
    Error(Errc code) : code_(code) {}
    Error(Errc code, std::string_view what);
    Error(const Error& other);
    Error(Error&&) noexcept = default;
    Error& operator=(const Error& other);
    Error& operator=(Error&&) noexcept = default;
    ~Error() = default;

    Errc code() const { return code_; }
    /// Returns the sentence, or the name of the code if there is none.
    std::string message() const;
    /// Returns the error with "`prefix`: " in front of its sentence; each layer on the way up may add one.
    Error with_context(std::string_view prefix) &&;
    /// Returns true if the node must stop rather than treat the input as wrong.
    bool is_fatal() const {
        return code_ == Errc::missing_block || code_ == Errc::io || code_ == Errc::no_space || code_ == Errc::internal;
    }

  private:
    Errc code_;
    std::unique_ptr<std::string> what_;
};

template <class T>
class [[nodiscard]] Result : public std::expected<T, Error> {
  public:
    using Base = std::expected<T, Error>;
    using Base::Base;
    Result(Error error) : Base(std::unexpect, std::move(error)) {}
    Result(Errc code) : Base(std::unexpect, code) {}
};

using Status = Result<void>;

inline Error fail(Errc code, std::string_view what) {
    return Error(code, what);
}

[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace strata

#define STRATA_CONCAT_(a, b) a##b
#define STRATA_CONCAT(a, b) STRATA_CONCAT_(a, b)

#define STRATA_TRY_(tmp, var, ...)     \
    auto tmp = (__VA_ARGS__);          \
    if (!tmp) [[unlikely]]             \
        return std::move(tmp).error(); \
    var = std::move(tmp).value()

/// STRATA_TRY(auto x, expression) declares or assigns, or returns the error of the expression.
#define STRATA_TRY(var, ...) STRATA_TRY_(STRATA_CONCAT(strata_try_, __COUNTER__), var, __VA_ARGS__)

/// STRATA_OK(expression) returns the error of a Status (or of a Result whose value is not needed).
#define STRATA_OK(...)                                                 \
    do {                                                               \
        if (auto strata_ok_ = (__VA_ARGS__); !strata_ok_) [[unlikely]] \
            return std::move(strata_ok_).error();                      \
    } while (false)

/// STRATA_CHECK(condition) is compiled in every build; a false condition is a bug of the program and aborts.
#define STRATA_CHECK(...) \
    ((__VA_ARGS__) ? static_cast<void>(0) : ::strata::check_failed(#__VA_ARGS__, __FILE__, __LINE__))
