#include <strata/proofs/piece/staging.hpp>

#include <bit>

#include <strata/base/mapped_file.hpp>
#include <strata/proofs/piece/fr32.hpp>

namespace strata::proofs {
namespace {

constexpr std::uint64_t kMinPiece = 128;
constexpr std::uint64_t kPartBlocks = 1 << 13;  // 1 MiB at a time

}  // namespace

Result<PieceCommitment> stage_piece(const ReadBytes& read, std::uint64_t padded, const std::filesystem::path& staged,
                                    std::uint64_t at) {
    if (!std::has_single_bit(padded) || padded < kMinPiece || at % padded != 0)
        return fail(Errc::invalid_argument,
                    "the piece has " + std::to_string(padded) + " bytes and begins at byte " + std::to_string(at) +
                        "; the size must be a power of two of at least 128, and the beginning a multiple of the size");
    STRATA_TRY(auto file, MappedFile::open_writable(staged, at + padded));
    auto out = file.writable().subspan(at, padded);
    PieceCommitter committer;
    Bytes part(kPartBlocks * kRawBlock);
    for (;;) {
        STRATA_TRY(const auto n, read(part));
        const std::uint64_t blocks = (n + kRawBlock - 1) / kRawBlock;
        if (blocks * kPaddedBlock > out.size())
            return fail(Errc::invalid_argument, "the data is too long for the piece of " + std::to_string(padded) +
                                                    " padded bytes, which holds at most " +
                                                    std::to_string(raw_size(padded)) + " bytes of data");
        committer.update(BytesView(part).first(n));
        std::fill(part.begin() + static_cast<std::ptrdiff_t>(n), part.end(), std::uint8_t{0});
        fr32_pad(BytesView(part).first(blocks * kRawBlock), out.first(blocks * kPaddedBlock));
        out = out.subspan(blocks * kPaddedBlock);
        if (n < part.size()) break;
    }
    std::ranges::fill(out, std::uint8_t{0});
    STRATA_OK(file.sync());
    return committer.finish(padded);
}

PieceAlignment piece_alignment(std::uint64_t in_stream, std::uint64_t in_piece) {
    // Sizes are unpadded here: a padded power of two holds 127·2^k bytes.
    const std::uint64_t blocks = std::max<std::uint64_t>((in_piece + kRawBlock - 1) / kRawBlock, 1);
    const std::uint64_t size = std::bit_ceil(blocks) * kRawBlock;
    return {(size - in_stream % size) % size, size - in_piece};
}

}  // namespace strata::proofs
