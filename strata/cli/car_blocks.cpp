#include <strata/cli/car_blocks.hpp>

#include <fmt/format.h>

namespace strata::cli {
namespace {

constexpr std::size_t kMostBlocks = std::size_t{1} << 24;

std::string key_of(const Cid& cid) {
    return std::string(as_text(cid.bytes()));
}

}  // namespace

void FileBlocks::note(const Cid& cid, std::uint64_t offset, std::uint64_t size) {
    places_.try_emplace(key_of(cid), Place{offset, size});
}

Result<Bytes> FileBlocks::get(const Cid& cid) {
    const auto place = places_.find(key_of(cid));
    if (place == places_.end()) return others_.get(cid);
    Bytes data(place->second.size);
    STRATA_TRY(const auto got, file_->read(place->second.offset, data));
    if (got == data.size()) {
        const auto matches = cid.matches(data);
        // As when the CAR was read: a hash function that is not known here cannot be checked.
        if (matches ? *matches : matches.error().code() == Errc::unsupported) return data;
    }
    return fail(Errc::verification,
                fmt::format("the block {} is no longer at byte {} of {}: the file changed meanwhile", cid.to_string(),
                            place->second.offset, file_->path().string()));
}

Result<bool> FileBlocks::has(const Cid& cid) {
    if (places_.contains(key_of(cid))) return true;
    return others_.has(cid);
}

Result<OpenCar> open_car(std::shared_ptr<const RandomFile> file, const Watch& watch) {
    auto position = std::make_shared<std::uint64_t>(0);
    STRATA_TRY(auto reader, CarReader::open(source_at(file, position), CarEnd::at_empty_section));
    OpenCar out{reader.header(), std::make_unique<FileBlocks>(file)};
    const auto total = static_cast<double>(std::max<std::uint64_t>(file->size(), 1));
    CarBlock block;
    for (std::size_t count = 0;; ++count) {
        STRATA_TRY(const bool is_there, reader.next(block));
        if (!is_there) break;
        if (count == kMostBlocks)
            return fail(Errc::too_large, fmt::format("the CAR has more than {} blocks", kMostBlocks));
        out.blocks->note(block.cid, block.offset, block.data.size());
        STRATA_OK(watch.at("reading the CAR", static_cast<double>(block.offset) / total));
    }
    return out;
}

}  // namespace strata::cli
