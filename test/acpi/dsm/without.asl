DefinitionBlock ("", "DSDT", 2, "PLATMP", "DSMTEST", 1)
{
  Scope (\_SB)
  {
    Device (PCI0)
    {
      Name (_HID, EisaId ("PNP0A08"))
      Name (_SEG, 0)
      Name (_BBN, 0)
      Name (_UID, 7)

      Method (_CRS, 0, Serialized) { Return (Buffer () { 0x79, 0 }) }
    }
  }
}
