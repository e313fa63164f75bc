// SPDX-License-Identifier: Apache-2.0 OR MIT
pragma solidity 0.8.28;

contract Child {
    uint256 public immutable number;
    address public immutable parent;

    constructor(uint256 number_) payable {
        require(number_ != 13, "13 brings bad luck");
        number = number_;
        parent = msg.sender;
    }
}

/// Makes contracts with CREATE and CREATE2.
contract Factory {
    event Made(address indexed child, uint256 number);

    function make(uint256 number) external payable returns (address child) {
        child = address(new Child{value: msg.value}(number));
        emit Made(child, number);
    }

    function makeAt(bytes32 salt, uint256 number) external payable returns (address child) {
        child = address(new Child{salt: salt, value: msg.value}(number));
        emit Made(child, number);
    }

    /// The address of EIP-1014.
    function addressOf(bytes32 salt, uint256 number) external view returns (address) {
        bytes32 code = keccak256(abi.encodePacked(type(Child).creationCode, abi.encode(number)));
        return address(uint160(uint256(keccak256(abi.encodePacked(bytes1(0xff), address(this), salt, code)))));
    }

    function tryToMake(uint256 number) external returns (string memory why) {
        try new Child(number) {
            return "";
        } catch Error(string memory reason) {
            return reason;
        }
    }
}
