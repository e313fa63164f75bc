#include <strata/p2p/item_reader.hpp>

#include <algorithm>

namespace strata::p2p {

Result<std::size_t> ItemScanner::on_bytes(BytesView bytes) {
    std::size_t at = 0;
    while (at < bytes.size() && !is_done_) {
        if (string_left_ > 0) {
            const auto part = std::min<std::uint64_t>(string_left_, bytes.size() - at);
            at += part;
            string_left_ -= part;
            if (string_left_ == 0) end_item();
            continue;
        }
        STRATA_OK(on_byte(bytes[at++]));
    }
    return at;
}

Status ItemScanner::on_byte(std::uint8_t byte) {
    if (head_left_ > 0) {
        value_ = value_ << 8 | byte;
        return --head_left_ == 0 ? on_head(major_, value_) : Status{};
    }
    major_ = byte >> 5;
    const unsigned info = byte & 31;
    value_ = 0;
    if (major_ == 7 && (info < 20 || info > 22))
        return fail(Errc::malformed, "the item has a float or an unknown simple value, expected a boolean or null");
    if (major_ == 7) {
        end_item();
        return {};
    }
    if (info < 24) return on_head(major_, info);
    if (info > 27) return fail(Errc::malformed, "the item has an indefinite length");
    head_left_ = 1U << (info - 24);
    return {};
}

Status ItemScanner::on_head(unsigned major, std::uint64_t value) {
    if (major == 5) return fail(Errc::malformed, "the item contains a map, expected arrays");
    if (major < 2 || (value == 0 && major != 6)) {  // a tag always has an item, whatever its number
        end_item();
        return {};
    }
    if (major < 4) {
        string_left_ = value;
        return {};
    }
    if (depth_ == kDepth)
        return fail(Errc::too_large, "the item is nested more than " + std::to_string(kDepth) + " levels deep");
    items_left_[depth_++] = major == 6 ? 1 : value;
    return {};
}

void ItemScanner::end_item() {
    while (depth_ > 0) {
        if (--items_left_[depth_ - 1] > 0) return;
        --depth_;
    }
    is_done_ = true;
}

Result<bool> ItemReader::take(BytesView& bytes) {
    STRATA_TRY(const auto taken, scanner_.on_bytes(bytes));
    if (item_.size() + taken > max_)
        return fail(Errc::too_large, "the item has more than " + std::to_string(max_) + " bytes, the limit");
    append(item_, bytes.first(taken));
    bytes = bytes.subspan(taken);
    return scanner_.is_done();
}

}  // namespace strata::p2p
