#include <strata/base/tar.hpp>
#include <strata/base/unpack.hpp>

#include "target.hpp"

// Unpacked data stay within their limit, and the files of an archive are no longer than the archive.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace strata;
    const std::string input(as_text({data, size}));
    if (const auto text = unpack(input)) STRATA_CHECK(text->size() <= std::max(kSmallUnpacked, kMaxUnpackRatio * size));
    std::size_t total = 0;
    for (const auto& [name, content] : files_of_tar(input)) {
        STRATA_CHECK(!name.contains(".."));
        total += content.size();
    }
    STRATA_CHECK(total <= size);
    return 0;
}
