#include <strata/chain/snapshot/stream.hpp>

#include <strata/base/unpack.hpp>

namespace strata::chain {

Result<SnapshotStream> SnapshotStream::open(const std::filesystem::path& path, Options options) {
    STRATA_TRY(auto opened, RandomFile::open(path));
    const auto file = std::make_shared<const RandomFile>(std::move(opened));
    const auto at = std::make_shared<std::uint64_t>(0);
    const auto read = [&]() -> Result<SnapshotStream> {
        ByteArray<4> front{};
        STRATA_OK(file->read(0, front));
        STRATA_TRY(auto source, unpacking_source(source_at(file, at)));
        STRATA_TRY(auto reader, CarReader::open(std::move(source), CarEnd::at_empty_section));
        SnapshotStream out(file, at, std::move(reader), is_zstd(front));
        STRATA_OK(out.read_front(options));
        return out;
    };
    auto out = read();
    if (!out) return std::move(out).error().with_context(path.string());
    return out;
}

Status SnapshotStream::read_front(const Options& options) {
    metadata_.head = reader_.header().roots;
    if (metadata_.head.empty())
        return fail(Errc::malformed, "the CAR has no roots, expected the blocks of the chain's head or the metadata");
    first_position_ = reader_.position();
    STRATA_TRY(has_first_, reader_.next(first_));
    if (!has_first_ || metadata_.head.size() != 1 || first_.cid != metadata_.head.front()) return {};
    auto found = metadata_from(first_.data);
    if (!found) return {};
    has_first_ = false;
    version_ = 2;
    metadata_ = std::move(*found);
    if (!metadata_.f3) return {};
    const auto nowhere = [](BytesView) -> Status { return {}; };
    STRATA_TRY(f3_bytes_,
               reader_.next_in_pieces(*metadata_.f3, kMaxF3Bytes, options.f3 ? options.f3 : ByteSink(nowhere)));
    return {};
}

Result<bool> SnapshotStream::next(CarBlock& block) {
    if (std::exchange(has_first_, false)) {
        block = first_;
    } else {
        STRATA_TRY(const bool more, reader_.next(block));
        if (!more) {
            STRATA_OK(reader_.check_padding());
            return false;
        }
    }
    if (block.cid.hash() == HashCode::blake2b_256 || block.cid.hash() == HashCode::sha2_256) return true;
    return fail(Errc::unsupported,
                "the block " + block.cid.to_string() + " has a hash function that is not blake2b-256 or sha2-256");
}

Status SnapshotStream::skip_to(std::uint64_t position) {
    if (position == this->position()) return {};
    has_first_ = false;
    if (is_packed_) return reader_.skip_to(position);
    return reader_.skip_to(position, [&](std::uint64_t to) -> Status {
        *at_ = to;
        return {};
    });
}

double SnapshotStream::done() const {
    return file_->size() == 0 ? 1.0 : static_cast<double>(*at_) / static_cast<double>(file_->size());
}

}  // namespace strata::chain
