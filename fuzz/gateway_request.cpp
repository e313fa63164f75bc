#include <strata/retrieval/gateway_request.hpp>
#include <strata/retrieval/http_fields.hpp>

#include "target.hpp"

// The input has three lines: target, Accept, If-None-Match. Every request is understood or refused with a reason, and
// nothing that goes into a header breaks its line.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace strata;
    std::string_view text = as_text({data, size});
    const auto take_line = [&] {
        const auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        return std::string(line);
    };
    const auto target = http::parse_target(take_line());
    if (!target || !target->path.starts_with("/ipfs/")) return 0;
    http::Request request{"GET", target->path, target->query, {}, {}};
    request.headers["accept"] = take_line();
    const auto known = take_line();
    const auto wanted = retrieval::parse_gateway_request(request, std::string_view(request.path).substr(6));
    if (!wanted) {
        STRATA_CHECK(wanted.error().status >= 400 && !wanted.error().why.empty());
        return 0;
    }
    const auto is_safe = [](std::string_view value) {
        return std::ranges::none_of(value, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
    };
    const auto tag = wanted->entity_tag();
    STRATA_CHECK(is_safe(tag) && is_safe(wanted->location) && is_safe(wanted->content_type()));
    STRATA_CHECK(is_safe(retrieval::percent_encoded(request.path)));
    const auto name = request.query.find("filename");
    STRATA_CHECK(is_safe(retrieval::attachment(name == request.query.end() ? known : name->second)));
    // The URL that the answer names asks for the same without Accept.
    if (!wanted->location.empty()) {
        const auto again = http::parse_target(wanted->location);
        STRATA_CHECK(again.has_value());
        const http::Request plain{"GET", again->path, again->query, {}, {}};
        const auto same = retrieval::parse_gateway_request(plain, std::string_view(plain.path).substr(6));
        STRATA_CHECK(same.has_value() && same->entity_tag() == tag);
    }
    return 0;
}
