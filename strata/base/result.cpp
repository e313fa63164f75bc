#include <strata/base/result.hpp>

#include <cstdio>
#include <cstdlib>

namespace strata {

std::string_view errc_name(Errc code) {
    switch (code) {
        case Errc::invalid_argument:
            return "invalid argument";
        case Errc::truncated:
            return "truncated";
        case Errc::trailing:
            return "trailing data";
        case Errc::malformed:
            return "malformed";
        case Errc::non_canonical:
            return "not canonical";
        case Errc::too_large:
            return "too large";
        case Errc::out_of_range:
            return "out of range";
        case Errc::not_found:
            return "not found";
        case Errc::missing_block:
            return "missing block";
        case Errc::verification:
            return "verification failed";
        case Errc::unsupported:
            return "unsupported";
        case Errc::io:
            return "input/output error";
        case Errc::no_space:
            return "no space left on the disk";
        case Errc::cancelled:
            return "cancelled";
        case Errc::busy:
            return "busy";
        case Errc::internal:
            return "internal error";
    }
    return "unknown error";
}

Error::Error(Errc code, std::string_view what) : code_(code), what_(std::make_unique<std::string>(what)) {}
Error::Error(const Error& other)
    : code_(other.code_), what_(other.what_ ? std::make_unique<std::string>(*other.what_) : nullptr) {}
Error& Error::operator=(const Error& other) {
    if (this != &other) *this = Error(other);
    return *this;
}
std::string Error::message() const {
    return what_ ? *what_ : std::string(errc_name(code_));
}
Error Error::with_context(std::string_view prefix) && {
    return {code_, std::string(prefix) + ": " + message()};
}

void check_failed(const char* condition, const char* file, int line) {
    std::fprintf(stderr, "%s:%d: check failed: %s\n", file, line, condition);
    std::abort();
}

}  // namespace strata
