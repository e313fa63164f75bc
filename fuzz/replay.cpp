// The main function of a fuzz target without libFuzzer: it runs the target over files and folders, and over every file
// with single bytes changed or the end cut off, in a fixed order. Without arguments it runs the empty input alone.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "target.hpp"

namespace {

namespace fs = std::filesystem;
using strata::Bytes;

std::size_t runs = 0;

void run(const Bytes& input) {
    LLVMFuzzerTestOneInput(input.data(), input.size());
    ++runs;
}

// These changes find most faults of a parser: each byte at its extremes and with one bit changed, and each length.
// Bytes after the first 512 are not changed.
void run_variants(const Bytes& input) {
    constexpr std::size_t kMaxChanged = 512;
    run(input);
    for (std::size_t i = 0; i < std::min(input.size(), kMaxChanged); ++i) {
        Bytes changed = input;
        for (const int value : {0x00, 0x7f, 0x80, 0xff, input[i] ^ 0x01, input[i] ^ 0x20}) {
            changed[i] = static_cast<std::uint8_t>(value);
            run(changed);
        }
        run(Bytes(input.begin(), input.begin() + static_cast<std::ptrdiff_t>(i)));
    }
}

Bytes read(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

int main(int argc, char** argv) {
    run({});
    for (const fs::path& path : std::vector<fs::path>(argv + 1, argv + argc)) {
        if (!fs::is_directory(path)) {
            run_variants(read(path));
            continue;
        }
        for (const auto& entry : fs::recursive_directory_iterator(path))
            if (entry.is_regular_file()) run_variants(read(entry.path()));
    }
    std::printf("%zu inputs\n", runs);
    return 0;
}
