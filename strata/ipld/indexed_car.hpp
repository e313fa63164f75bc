#pragma once
// A `.forest.car.zst`: a CAR of version 1 packed in small zstd frames, with an index behind it, whose blocks are read
// in place. Any reader of packed CARs reads it as well. Source: forest src/db/car/forest.rs; docs/formats/snapshot.md.
#include <list>
#include <map>

#include <strata/base/mutex.hpp>
#include <strata/ipld/blockstore.hpp>
#include <strata/ipld/car.hpp>
#include <strata/ipld/car_index.hpp>

namespace strata {

/// A store of the blocks of such a file, which must not change while it is open. Every block is checked against its CID
/// before it is returned, and what does not fit is an error of this node (io), never a block that is missing.
/// Thread-safe. Memory: the cache of unpacked frames, and two frames for each thread inside a call.
class IndexedCar final : public Blockstore {
  public:
    static constexpr std::uint64_t kDefaultCache = std::uint64_t{64} << 20;
    /// The longest frame that get() unpacks. A frame with larger content, such as that of an F3 snapshot, is read by
    /// stream() only.
    static constexpr std::uint64_t kMaxFrame = std::uint64_t{64} << 20;

    /// Opens a file: reads its end, the head of its index and its first frame. Errors: not_found, io; malformed,
    /// unsupported, too_large if it has no index of this form.
    static Result<std::unique_ptr<IndexedCar>> open(const std::filesystem::path& path,
                                                    std::uint64_t cache_bytes = kDefaultCache);
    /// Returns true if the file ends as one with an index does.
    static Result<bool> has_index(const std::filesystem::path& path);

    IndexedCar(const IndexedCar&) = delete;
    IndexedCar& operator=(const IndexedCar&) = delete;
    ~IndexedCar() override;

    std::uint64_t file_size() const { return file_->size(); }
    const CarHeader& header() const { return header_; }
    /// The number of blocks, as the size of the index tells it.
    std::uint64_t entries() const { return index_.entries(); }

    Result<Bytes> get(const Cid& cid) override;
    Result<bool> has(const Cid& cid) override;
    /// Errors: internal, since the file is only read.
    Result<Cid> put(Codec codec, BytesView data) override;
    Status put_block(const Cid& cid, BytesView data) override;

    /// Hands a block of any size on in pieces and returns its length; see CarReader::next_in_pieces. Errors: also
    /// missing_block.
    Result<std::uint64_t> stream(const Cid& cid, std::uint64_t max, const ByteSink& sink) const;

  private:
    using Frame = std::shared_ptr<const Bytes>;  // the sections of a frame

    struct Unpacker;
    IndexedCar(std::shared_ptr<const RandomFile> file, CarIndex index, std::uint64_t cache_bytes);
    std::unique_ptr<Unpacker> take_unpacker() STRATA_EXCLUDES(mutex_);
    Result<std::optional<Bytes>> find(const Cid& cid) STRATA_EXCLUDES(mutex_);
    Result<Frame> frame_at(std::uint64_t offset) STRATA_EXCLUDES(mutex_);
    Result<Bytes> read_frame(std::uint64_t offset) STRATA_EXCLUDES(mutex_);
    Result<Bytes> unpack_frame(BytesView packed, Unpacker& unpacker) const;
    ByteSource source_of_frame(std::uint64_t offset) const;
    Error damaged(std::string_view what) const;

    std::shared_ptr<const RandomFile> file_;
    CarIndex index_;
    CarHeader header_;
    const std::uint64_t cache_bytes_;
    Mutex mutex_;
    std::list<std::pair<std::uint64_t, Frame>> cached_ STRATA_GUARDED_BY(mutex_);  // the newest first
    std::map<std::uint64_t, decltype(cached_)::iterator> places_ STRATA_GUARDED_BY(mutex_);
    std::uint64_t cached_bytes_ STRATA_GUARDED_BY(mutex_) = 0;
    std::vector<std::unique_ptr<Unpacker>> idle_ STRATA_GUARDED_BY(mutex_);
};

}  // namespace strata
