#include <strata/http/conditional.hpp>

#include "target.hpp"

// The readers of targets, ranges and entity tags, and the texts of errors, keep their promises for every input.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    namespace http = strata::http;
    const std::string text(strata::as_text({data, size}));
    if (const auto target = http::parse_target(text)) STRATA_CHECK(target->path.starts_with('/'));
    const http::Request request{"GET", "/", {}, {{"range", text}, {"if-none-match", text}}, {}};
    for (const std::uint64_t length : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1000}, UINT64_MAX}) {
        const auto range = http::requested_range(request, length);
        if (range && *range) STRATA_CHECK((*range)->first <= (*range)->last && (*range)->last < length);
    }
    static_cast<void>(http::matches_none_match(request.header("if-none-match"), "\"tag\""));
    // public_text() leaves its own results as they are.
    const auto shown = http::public_text(strata::fail(strata::Errc::malformed, text));
    STRATA_CHECK(http::public_text(strata::fail(strata::Errc::malformed, shown)) == shown);
    return 0;
}
