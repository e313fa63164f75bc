#include <strata/testing/vectors.hpp>

#include <cstdio>
#include <cstdlib>

#include <strata/base/unpack.hpp>
#include <strata/testing/own_vectors.hpp>

namespace strata::testing {
namespace {

namespace fs = std::filesystem;

fs::path packed_or_plain(const fs::path& path) {
    if (fs::exists(path)) return path;
    for (const char* packing : {".zst", ".gz"})
        if (auto packed = fs::path(path) += packing; fs::exists(packed)) return packed;
    return path;
}

}  // namespace

std::optional<fs::path> find_vectors(std::string_view name) {
    const char* whole_set = std::getenv("STRATA_VECTORS");
    if (whole_set != nullptr && *whole_set != '\0') return packed_or_plain(fs::path(whole_set) / name);
    auto path = own_vectors(name);
    return fs::exists(path) ? std::optional(std::move(path)) : std::nullopt;
}

fs::path own_vectors(std::string_view name) {
    return packed_or_plain(fs::path(STRATA_SMALL_VECTORS) / name);
}

std::string skip_reason(std::string_view name) {
    return std::string(name) +
           " is not in the small set of vectors; to run this test, set STRATA_VECTORS to the folder of the whole set";
}

std::string read_file(const fs::path& path) {
    auto text = read_unpacked(packed_or_plain(path));
    if (text) return std::move(*text);
    std::fprintf(stderr, "%s\n", text.error().message().c_str());
    std::abort();
}

}  // namespace strata::testing
