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

      Method (_DSM, 4, Serialized)
      {
        While (One) { Store (Arg2, Local0) }
        Return (0)
      }
      Device (RP00)
      {
        Name (_ADR, 0x20000)
        Method (_DSM, 4, NotSerialized) { Return (0) }
      }
    }
  }
}
