#include <strata/testing/vectors.hpp>

#include <cstdio>
#include <cstdlib>

#include <strata/base/unpack.hpp>

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
    auto path = packed_or_plain(fs::path(STRATA_SMALL_VECTORS) / name);
    return fs::exists(path) ? std::optional(std::move(path)) : std::nullopt;
}

std::string only_in_whole_set(std::string_view name) {
    return std::string(name) +
           " is only in the whole set of vectors; set STRATA_VECTORS to its folder to run this test";
}

std::string read_file(const fs::path& path) {
    auto text = read_unpacked(packed_or_plain(path));
    if (text) return std::move(*text);
    std::fprintf(stderr, "%s\n", text.error().message().c_str());
    std::abort();
}

}  // namespace strata::testing
