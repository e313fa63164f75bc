#include <algorithm>

#include <strata/base/unpack.hpp>
#include <strata/conformance/suite.hpp>

namespace strata::conformance {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPackings[] = {".zst", ".gz"};

}  // namespace

fs::path packed_or_plain(const fs::path& path) {
    std::error_code ignored;
    if (fs::exists(path, ignored)) return path;
    for (const auto* packing : kPackings)
        if (auto packed = fs::path(path) += packing; fs::exists(packed, ignored)) return packed;
    return path;
}

std::string VectorFile::name() const {
    const bool is_packed = std::ranges::find(kPackings, path_.extension()) != std::end(kPackings);
    return is_packed ? path_.stem() : path_.filename();
}

const Result<std::string>& VectorFile::content() const {
    if (!content_) content_ = read_unpacked(path_);
    return *content_;
}

const std::string& VectorFile::text() const {
    static const std::string none;
    return content() ? *content() : none;
}

std::string VectorFile::problem() const {
    return content() ? "" : content().error().message();
}

}  // namespace strata::conformance
