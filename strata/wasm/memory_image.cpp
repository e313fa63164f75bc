#include <strata/wasm/memory_image.hpp>

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <strata/wasm/encoder.hpp>

namespace strata::wasm {
namespace {

constexpr std::uint64_t kWasmPage = 65'536;
// A memory image is not worth its pages of address space above this; no official actor comes near.
constexpr std::uint64_t kMaxImage = std::uint64_t{16} << 20;

std::uint64_t place_of(const DataSegment& segment) {
    return static_cast<std::uint32_t>(segment.offset.value);
}

struct Range {
    std::uint64_t begin = UINT64_MAX;
    std::uint64_t end = 0;
};

// Returns the pages of the system that the data lies on.
Range range_of(const Module& module) {
    Range out;
    for (const auto& segment : module.data) {
        if (segment.mode != SegmentMode::active || segment.bytes.empty()) continue;
        out.begin = std::min(out.begin, place_of(segment));
        out.end = std::max(out.end, place_of(segment) + segment.bytes.size());
    }
    const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    if (out.end == 0) return out;
    return {out.begin / page * page, (out.end + page - 1) / page * page};
}

Error image_error(std::string_view what) {
    return fail(Errc::io, std::string(what) + " the image of a WASM memory: " + std::strerror(errno));
}

}  // namespace

bool has_image(const Module& module) {
    const bool is_imported =
        std::ranges::find(module.imports, ExternalKind::memory, &Import::kind) != module.imports.end();
    if (module.memories.size() != 1 || is_imported) return false;
    const std::uint64_t size = module.memories[0].min * kWasmPage;
    const bool all_fit = std::ranges::all_of(module.data, [&](const DataSegment& segment) {
        return segment.mode != SegmentMode::active ||
               (segment.offset.op == Op::i32_const && place_of(segment) + segment.bytes.size() <= size);
    });
    const Range range = range_of(module);
    return all_fit && range.end != 0 && range.end - range.begin <= kMaxImage;
}

Result<std::shared_ptr<const MemoryImage>> MemoryImage::make(const Module& module) {
    STRATA_CHECK(has_image(module));
    const auto [begin, end] = range_of(module);
    Bytes content(end - begin, 0);
    // A later segment overwrites an earlier one.
    for (const auto& segment : module.data)
        if (segment.mode == SegmentMode::active && !segment.bytes.empty())
            std::ranges::copy(segment.bytes, content.begin() + static_cast<std::ptrdiff_t>(place_of(segment) - begin));
    const int file = ::memfd_create("wasm-memory", MFD_CLOEXEC);
    if (file < 0) return image_error("cannot create");
    std::shared_ptr<const MemoryImage> out(new MemoryImage(file, begin, content.size()));
    for (std::size_t done = 0; done < content.size();) {
        const auto n = ::write(file, content.data() + done, content.size() - done);
        if (n < 0) return image_error("cannot write");
        done += static_cast<std::size_t>(n);
    }
    return out;
}

MemoryImage::~MemoryImage() {
    ::close(file_);
}

Status MemoryImage::map_into(std::uint8_t* memory) const {
    void* const at = ::mmap(memory + begin_, size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, file_, 0);
    if (at == MAP_FAILED) return image_error("cannot map");
    return {};
}

Bytes without_data(const Module& module) {
    Bytes data;
    put_uvarint(data, module.data.size());
    for (const auto& segment : module.data) {
        const bool is_active = segment.mode == SegmentMode::active;
        put_uvarint(data, is_active ? 0U : 1U);
        if (is_active) append(data, segment.offset.bytes);
        const BytesView bytes = is_active ? BytesView{} : segment.bytes;
        put_uvarint(data, bytes.size());
        append(data, bytes);
    }
    constexpr std::uint8_t kHeader[] = {0, 'a', 's', 'm', 1, 0, 0, 0};
    Bytes out(std::begin(kHeader), std::end(kHeader));
    for (const auto& section : module.sections)
        put_section(out, section.id, section.id == SectionId::data ? BytesView(data) : section.content);
    return out;
}

}  // namespace strata::wasm
